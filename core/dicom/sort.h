#pragma once
// Headers of many files into studies, series and stacks.

#include "core/dicom/image_header.h"

namespace spondyl::dicom {

/// Studies by patient and UID, series by UID, stacks by matrix, pixel spacing, orientation and, only where
/// slices share a place, by what tells them apart (echo time, temporal position, …). Warnings of the whole:
/// SeveralPatients, StudyIdentityMixed, TextUndecodable; of a stack: with the stack.
StudyListing sortIntoStudies(const std::vector<ImageHeader>& headers);

/// The stacks of one series' headers, largest first.
std::vector<Stack> sortIntoStacks(const std::vector<const ImageHeader*>& headers);

} // namespace spondyl::dicom

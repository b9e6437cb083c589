#pragma once

#include "core/dicom/seg.h"

namespace spondyl::dicom {

/// The label number of codes.csv that a read segment stands for: by its label, else by a code that means one
/// row only; else 10000 + segmentNumber.
int labelNumberOf(const SegSegment& segment, int segmentNumber);

} // namespace spondyl::dicom

#pragma once

#include "core/dicom/image_header.h"

namespace spondyl::dicom {

/// A radiograph as a stack of its own: one slice on a grid in its own plane, refused as a volume
/// (ProjectionImage). `header.radiograph` is set.
Stack radiographStack(const ImageHeader& header);

} // namespace spondyl::dicom

#pragma once
// From slices of one orientation and matrix to a grid: order along the normal, step from the positions, and
// what is wrong with them (gaps, duplicates, uneven steps, tilt) found and said.

#include "core/dicom/image_header.h"

namespace spondyl::dicom {

struct SliceFrame {
  VectorLps column, row,
      normal; ///< unit: direction of growing column, of growing row, and their cross product
};
/// nullopt: absent, not finite, zero or not perpendicular (0.5°).
std::optional<SliceFrame> sliceFrame(const ImageHeader& header);

/// A stack from slices of one orientation, matrix and pixel spacing. `members` is not empty.
Stack buildStack(std::vector<const ImageHeader*> members, std::string tellsApart);

/// The members of each place along the normal (0.01 mm), in their given order; places from below.
std::vector<std::vector<const ImageHeader*>>
groupedByPosition(const std::vector<const ImageHeader*>& members);

/// Positions that occur more than once, in mm along the normal, with a tolerance of 0.01 mm.
bool hasDuplicatePositions(const std::vector<const ImageHeader*>& members);

} // namespace spondyl::dicom

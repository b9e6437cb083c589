#pragma once
// Images of one matrix, pixel spacing and orientation that are yet several stacks.

#include "core/dicom/image_header.h"

namespace spondyl::dicom {

using Members = std::vector<const ImageHeader*>;

struct StackMembers {
  std::string label; ///< what tells it apart; empty if it is alone
  Members members;
};

/// In this order: by the stack that multi-frame objects name; where slices share a place, by what tells them
/// apart (echo time, temporal position ... else their order, if every place occurs equally often); where the
/// slices jump sideways, into the blocks between the jumps. One group if nothing works.
std::vector<StackMembers> splitPlane(const Members& plane);

} // namespace spondyl::dicom

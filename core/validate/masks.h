#pragma once
// What the numbers of a label map cover, and how much two label maps share.

#include "core/study/label_array.h"

#include <map>
#include <span>

namespace spondyl {

/// The voxels of one number.
struct LabelExtent {
  std::size_t voxels = 0;
  PointLps centroid; ///< mean of the voxel centres
  IndexIjk low, high;
  bool touchesEdge = false; ///< a voxel in the outermost layer of the grid: the structure may go on outside
};
/// By number; 0 is no number.
std::map<int, LabelExtent> extentsOf(const LabelArray& labels);

/// Voxels that two maps of one grid share: by (number in a, number in b), neither 0.
std::map<std::pair<int, int>, std::size_t> overlapsOf(std::span<const std::uint16_t> a,
                                                      std::span<const std::uint16_t> b);

/// 2 |A ∩ B| / (|A| + |B|); two empty sets agree: 1.
double diceOf(std::size_t a, std::size_t b, std::size_t both);

/// The nearest voxel of `from` for each voxel of `to`; 0 outside.
LabelArray resampledNearest(const LabelArray& from, const Grid& to);

} // namespace spondyl

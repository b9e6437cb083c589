#pragma once
// How far the surfaces of two masks lie apart, in mm, on any grid (oblique, sheared).

#include "core/validate/masks.h"

#include <optional>

namespace spondyl {

/// Centres of the voxels of `number` that have a neighbour of another number across one of their six faces
/// (or the grid's edge). `extent` is that of the number.
std::vector<PointLps> surfaceOf(const LabelArray& labels, int number, const LabelExtent& extent);

struct SurfaceDistance {
  double meanMm = 0; ///< mean of the distances of all points of either surface to the nearest of the other
  double hausdorff95Mm = 0; ///< the larger of the two directed 95th percentiles
};
/// nullopt if a surface has no point.
std::optional<SurfaceDistance> surfaceDistance(const std::vector<PointLps>& a,
                                               const std::vector<PointLps>& b);

/// The value below which `fraction` of the values lie, linear between ranks (as numpy does it). Not empty.
double quantileOf(std::vector<double> values, double fraction);

} // namespace spondyl

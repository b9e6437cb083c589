#pragma once
// Which voxels a stroke covers: exactly those whose centres lie in the analytic shape.

#include "core/edit/edit.h"

namespace spondyl {

/// Voxels [iBegin, iEnd) of row (j, k).
struct VoxelSpan {
  int j = 0, k = 0, iBegin = 0, iEnd = 0;
  bool operator==(const VoxelSpan&) const = default;
};

/// Half the thickness of a circle's slab on this grid: half the largest voxel step along the plane's normal,
/// mm. A plane therefore takes exactly one voxel of each column along the grid axis nearest to its normal.
double circleHalfThickness(const Grid& grid, const Plane& plane);

/// The voxels of `grid` inside the stroke's shape (path, radius, brush, plane), by row; spans of a row do not
/// touch. Sphere: centre at most `radius` from the path. Circle: centre's projection onto the plane at most
/// `radius` from the projected path, and its signed distance to the plane in (-half thickness, half
/// thickness].
std::vector<VoxelSpan> strokeVoxels(const Grid& grid, const PaintStroke& stroke);

} // namespace spondyl

#pragma once
// Smooth surfaces fitted to the border of a mask, finer than its voxels.

#include <array>
#include <vector>

namespace spondyl {

/// Height over two coordinates (a, b): a plane with a sag. Coefficients of 1, a, b, a², b², ab about (a0,
/// b0).
struct FittedSurface {
  std::array<double, 6> c{};
  double a0 = 0, b0 = 0;
  double rmsMm = 0; ///< of the points that the first fit used
  int points = 0;
  double aLow = 0, aHigh = 0, bLow = 0, bHigh = 0; ///< where points supported it
  double at(double a, double b) const {
    const double x = a - a0, y = b - b0;
    return c[0] + c[1] * x + c[2] * y + c[3] * x * x + c[4] * y * y + c[5] * x * y;
  }
  /// Carried on straight beyond its support, bent against its own plane by no more than `bend` (mm a mm):
  /// what was never seen may not run away.
  double beyond(double a, double b, double bend) const;
};

struct SurfacePoint {
  double a = 0, b = 0, height = 0;
};
/// What is known of the curvature along a and b before looking: coefficients of a² and b², and how much each
/// counts, as a share of a point.
struct SagPrior {
  double alongA = 0, weightA = 0, alongB = 0, weightB = 0;
};
/// Least squares, robust: nodes, spurs and holes pull less than the surface itself.
FittedSurface fitSurface(const std::vector<SurfacePoint>& points, SagPrior prior = {});

/// A voxel centre near the surface and the side on which it lies.
struct SidePoint {
  double a = 0, b = 0, height = 0;
  bool below = false;
};
/// Moves the surface as little as needed so that every voxel centre lies on its side of it (as far as a
/// surface can). A staircase of voxels bends a least-squares fit, most where it is carried on beyond its
/// points; which side of the border a centre lies on is exact. Where the centres leave room, the first fit
/// stays. `voxelMm`: distance of the centres along the height.
void refineSurface(FittedSurface& surface, const std::vector<SidePoint>& points, double voxelMm);

} // namespace spondyl

#include "viewer/state/slice_geometry.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {

namespace {

std::array<VectorLps, 3> stepsOf(const Grid& grid) {
  return {grid.stepI(), grid.stepJ(), grid.stepK()};
}

double along(PointIjk p, int axis) {
  return axis == 0 ? p.i : axis == 1 ? p.j : p.k;
}
int along(GridSize n, int axis) {
  return axis == 0 ? n.i : axis == 1 ? n.j : n.k;
}

} // namespace

PointLps sectionCentre(const Plane& plane, const Grid& grid) {
  const VectorLps normal = plane.normal(), axis = stepsOf(grid)[std::size_t(grid.closestAxis(normal).first)];
  const PointLps centre = grid.centre();
  return centre - axis * (plane.signedDistance(centre) / dot(axis, normal));
}

double fittingMmPerPixel(const Plane& plane, const Grid& grid, double width, double height) {
  const VectorLps normal = plane.normal();
  const auto steps = stepsOf(grid);
  const int through = grid.closestAxis(normal).first;
  const VectorLps axis = steps[std::size_t(through)];
  double right = 0, down = 0;
  for (int a = 0; a < 3; ++a) {
    if (a == through)
      continue;
    const VectorLps side = steps[std::size_t(a)] * double(along(grid.size(), a));
    const VectorLps seen = side - axis * (dot(side, normal) / dot(axis, normal)); // moved into the plane
    right += std::abs(dot(seen, plane.right));
    down += std::abs(dot(seen, plane.down));
  }
  return std::max({right / std::max(1.0, width), down / std::max(1.0, height), 1e-6});
}

SliceGeometry sliceGeometry(const ViewState& state, ViewKind view, const Grid& grid, double width,
                            double height) {
  const SliceCamera& camera = state.camera(view);
  SliceGeometry g;
  g.width = std::max(1.0, width);
  g.height = std::max(1.0, height);
  g.plane = state.plane(view);
  g.mmPerPixel =
      camera.mmPerPixel > 0 ? camera.mmPerPixel : fittingMmPerPixel(g.plane, grid, g.width, g.height);
  g.plane.origin =
      sectionCentre(g.plane, grid) + g.plane.right * camera.panRightMm + g.plane.down * camera.panDownMm;
  return g;
}

SliceNumber sliceNumber(const Plane& plane, const Grid& grid) {
  const VectorLps normal = plane.normal();
  const auto [axis, sign] = grid.closestAxis(normal);
  const double index = along(grid.toIjk(plane.origin), axis);
  const int count = along(grid.size(), axis);
  const int nearest = std::clamp(int(std::lround(index)), 0, count - 1);
  const std::array<VectorLps, 3> steps{grid.stepI(), grid.stepJ(), grid.stepK()};
  // The plane lies in a slice if it contains both other steps.
  double off = 0;
  for (int a = 0; a < 3; ++a)
    if (a != axis)
      off = std::max(off, std::abs(dot(normalized(steps[std::size_t(a)]), normal)));
  return {nearest + 1, count, off < 0.0175};
}

bool isInterpolated(const Plane& plane, const Grid& grid) {
  constexpr double slope = 1e-3, between = 0.02; // radians; voxels
  const VectorLps normal = plane.normal();
  const int axis = grid.closestAxis(normal).first;
  const auto steps = stepsOf(grid);
  for (int a = 0; a < 3; ++a)
    if (a != axis && std::abs(dot(normalized(steps[std::size_t(a)]), normal)) > slope)
      return true;
  const double index = along(grid.toIjk(plane.origin), axis);
  return std::abs(index - std::round(index)) > between;
}

double sliceStepMm(const Plane& plane, const Grid& grid) {
  const VectorLps normal = plane.normal();
  const double rate = std::abs(along(grid.directionToIjk(normal), grid.closestAxis(normal).first));
  return rate > 1e-9 ? 1 / rate : 1.0;
}

std::string orientationLetters(VectorLps direction, double smallest) {
  const VectorLps d = normalized(direction);
  std::array<std::pair<double, char>, 3> parts{{{std::abs(d.x), d.x > 0 ? 'L' : 'R'},
                                                {std::abs(d.y), d.y > 0 ? 'P' : 'A'},
                                                {std::abs(d.z), d.z > 0 ? 'H' : 'F'}}};
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string letters;
  for (const auto& [size, letter] : parts)
    if (size > smallest)
      letters += letter;
  return letters;
}

} // namespace spondyl::viewer

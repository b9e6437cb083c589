// S1's end plate in the sacrum's mask, found below the vertebra above it.

#include "core/measure/vertebra_geometry.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

std::vector<SurfacePoint> surfaceBelow(const LocalMask& sacrum, const LocalFrame& f, double halfU,
                                       double halfV, double above, double below) {
  std::vector<SurfacePoint> points;
  for (double v = -halfV; v <= halfV; v += 1)
    for (double u = -halfU; u <= halfU; u += 1)
      if (const auto hit = crossings(sacrum, f.at({u, v, above}), -f.superior, above + below, 0.5))
        points.push_back({u, v, above - hit->first});
  return points;
}

LocalFrame frameOn(const FittedSurface& s, const LocalFrame& f) {
  const VectorLps normal = f.superior - f.left * s.c[1] - f.posterior * s.c[2];
  return frameFrom(f.at({0, s.b0, s.at(0, s.b0)}), normal, f.posterior);
}

/// From the middle of the plate outwards at several depths below it: where the mask ends, carried on to the
/// plate's rim, which stands above its middle.
std::optional<double> wallAtPlate(const LocalMask& sacrum, const LocalFrame& f, const FittedSurface& plate,
                                  double sense, double farthest) {
  double sd = 0, sdd = 0, sv = 0, sdv = 0, n = 0;
  for (double depth = 2; depth <= 7; depth += 0.5)
    for (double u = -3; u <= 3; u += 1.5) {
      double v = 0;
      while (v < farthest && sacrum.occupancy(f.at({u, sense * v, -depth})) >= 0.5)
        v += 0.25;
      if (v == 0 || v >= farthest)
        continue;
      sd += depth;
      sdd += depth * depth;
      sv += v;
      sdv += depth * v;
      ++n;
    }
  if (n < 12)
    return std::nullopt;
  const double spread = n * sdd - sd * sd;
  const double slope = spread > 1e-6 ? std::clamp((n * sdv - sd * sv) / spread, -1.5, 1.5) : 0.0;
  double v = (sv - slope * sd) / n;
  for (int round = 0; round < 2; ++round)
    v = (sv - slope * sd) / n - slope * plate.at(0, sense * v);
  return v;
}

} // namespace

std::vector<SiteLandmark> sacralEndPlate(const LocalMask& sacrum, const LocalFrame& frame, PointLps facing,
                                         double depthMm, double widthMm) {
  std::vector<SiteLandmark> out;
  if (sacrum.isEmpty())
    return out;
  LocalFrame f = frame;
  f.origin = facing;
  std::vector<SurfacePoint> points = surfaceBelow(sacrum, f, 0.25 * widthMm, 0.30 * depthMm, 2, 30);
  if (points.size() < 60)
    return out;
  FittedSurface plate = fitSurface(points);
  for (int round = 0; round < 3; ++round) {
    f = frameOn(plate, f);
    points = surfaceBelow(sacrum, f, 0.30 * widthMm, 0.36 * depthMm, 5, 5);
    if (points.size() < 60)
      return out;
    plate = fitSurface(points);
    const auto front = wallAtPlate(sacrum, f, plate, -1, 1.3 * depthMm),
               back = wallAtPlate(sacrum, f, plate, 1, 1.3 * depthMm);
    // The lattice is brought to the middle of the plate, so that slopes are those between its corners.
    if (front && back)
      f.origin = f.at({0, (*back - *front) / 2, 0});
  }
  f = frameOn(plate, f);
  points = surfaceBelow(sacrum, f, 0.30 * widthMm, 0.36 * depthMm, 5, 5);
  if (points.size() < 60)
    return out;
  plate = fitSurface(points);
  const double voxel = voxelAlong(sacrum.grid(), f.superior);
  std::vector<SidePoint> sides;
  sacrum.forEachAround(1, [&](IndexIjk v, bool inside) {
    const LocalPoint p = f.local(sacrum.grid().toLps(v));
    const double x = p.u / (0.30 * widthMm), y = p.v / (0.36 * depthMm);
    if (x * x + y * y < 1 && std::abs(p.w - plate.at(p.u, p.v)) < 1.7 * voxel)
      sides.push_back({p.u, p.v, p.w, inside});
  });
  refineSurface(plate, sides, voxel);
  const double confidence = std::clamp(0.9 - 0.2 * std::max(0.0, plate.rmsMm - 0.5), 0.2, 0.9);
  out.push_back({"endplate.middle", f.at({0, 0, plate.at(0, 0)}), confidence});
  if (const auto front = wallAtPlate(sacrum, f, plate, -1, 1.3 * depthMm))
    out.push_back({"endplate.anterior", f.at({0, -*front, plate.at(0, -*front)}), confidence});
  if (const auto back = wallAtPlate(sacrum, f, plate, 1, 1.0 * depthMm))
    out.push_back({"endplate.posterior", f.at({0, *back, plate.at(0, *back)}), confidence});
  const double lateral = 0.3 * widthMm;
  out.push_back({"endplate.left", f.at({lateral, 0, plate.at(lateral, 0)}), confidence});
  out.push_back({"endplate.right", f.at({-lateral, 0, plate.at(-lateral, 0)}), confidence});
  return out;
}

} // namespace spondyl

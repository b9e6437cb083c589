// A body's end plates and walls where the image shows them: the mask says which border, the CT says where
// within a voxel or so.

#include "core/measure/body_surface.h"
#include "core/measure/image_edge.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace spondyl {
namespace {

constexpr double rimInwards = 4.5, rimHalf = 1.8; // mm from the wall: past the rounded edge
constexpr double leastRimVoxels = 150;            // a rim is narrow: coarse voxels do not show it
constexpr double kept = 0.95;                     // of the end plate's supported extent
constexpr double wallKept = 0.75;                 // of the half height
// How far mask and image usually differ in tilt and bend over half an extent, mm.
constexpr double usualTilt = 0.6, usualBend = 0.08;

/// Coarser voxels than this (mm across a border) only tell whether the mask is in doubt: they do not place a
/// border better than an exact mask does (phantoms at 2 mm).
constexpr double finestNeededMm = 1.5;

/// A border further than this from the mask's is not its place within the voxels: the mask is in doubt there.
double farthestShift(double voxelMm) {
  return std::max(2.5, voxelMm);
}

/// The voxels around an end plate: its front, middle and back, all of it, and the mid-sagittal rims.
struct PlateView {
  PlateView(const FittedSurface& fitted, double outwards, double front, double back)
      : plate(fitted), sense(outwards), frontRim(front), backRim(back), a0((fitted.aLow + fitted.aHigh) / 2),
        b0((fitted.bLow + fitted.bHigh) / 2), aHalf((fitted.aHigh - fitted.aLow) / 2),
        bHalf((fitted.bHigh - fitted.bLow) / 2) {}

  void add(const LocalPoint& p, double value) {
    const double place = sense * (p.w - plate.at(p.u, p.v));
    if (place < -EdgeProfile::inside || place > EdgeProfile::outside)
      return;
    if (std::abs(p.u) < 5 && std::abs(p.v - frontRim - rimInwards) < rimHalf)
      rims[0].add(place, value);
    if (std::abs(p.u) < 5 && std::abs(p.v - backRim + rimInwards) < rimHalf)
      rims[1].add(place, value);
    const double a = (p.u - a0) / aHalf, b = (p.v - b0) / bHalf;
    if (a * a + b * b > kept * kept)
      return;
    rows[b < -0.35 ? 0 : b > 0.35 ? 2 : 1].add(place, value);
    if (std::abs(place) < 6)
      samples.push_back({place, value, {a, b, 0}});
  }

  const FittedSurface plate; ///< as it was fitted to the mask
  double sense, frontRim, backRim, a0, b0, aHalf, bHalf;
  EdgeProfile rows[3], rims[2];
  std::vector<EdgeSample> samples;
};

/// Moves and tilts the plate to where the image shows it, if all three rows show it near. What is left goes
/// to `edges`.
void alignPlate(FittedSurface& plate, const PlateView& view, double voxelMm, PlateEdges& edges,
                PlateRims& rims) {
  const double limit = farthestShift(voxelMm);
  std::optional<double> found[3];
  bool isNear = true;
  double mean = 0;
  for (int row = 0; row < 3; ++row) {
    found[row] = view.rows[row].border(voxelMm);
    isNear = isNear && found[row] && std::abs(*found[row]) <= limit;
    mean += found[row].value_or(0) / 3;
  }
  if (isNear && voxelMm <= finestNeededMm)
    if (const auto c = fitBorder(view.samples, mean, {usualTilt, usualTilt, 0}, voxelMm)) {
      plate.c[0] += view.sense * ((*c)[0] + (*c)[1] * (plate.a0 - view.a0) / view.aHalf +
                                  (*c)[2] * (plate.b0 - view.b0) / view.bHalf);
      plate.c[1] += view.sense * (*c)[1] / view.aHalf;
      plate.c[2] += view.sense * (*c)[2] / view.bHalf;
    }
  const auto left = [&](std::optional<double> shift, double b) -> std::optional<double> {
    if (!shift)
      return std::nullopt;
    return *shift - view.sense * (plate.at(view.a0, b) - view.plate.at(view.a0, b));
  };
  edges.anterior = left(found[0], view.b0 - 0.6 * view.bHalf);
  edges.middle = left(found[1], view.b0);
  edges.posterior = left(found[2], view.b0 + 0.6 * view.bHalf);
  const double rimAt[2] = {view.frontRim + rimInwards, view.backRim - rimInwards};
  std::optional<double>* into[2] = {&rims.anterior, &rims.posterior};
  for (int side = 0; side < 2; ++side)
    if (voxelMm <= finestNeededMm && view.rims[side].voxels() >= leastRimVoxels)
      if (const auto rim = view.rims[side].border(voxelMm); rim && std::abs(*rim) <= limit)
        *into[side] = view.sense * *left(rim, rimAt[side]);
}

/// The voxels around a wall near the mid-sagittal plane.
struct WallView {
  WallView(const FittedSurface& fitted, double outwards, double bottom, double top, double halfWidth)
      : wall(fitted), sense(outwards), middle((bottom + top) / 2), half((top - bottom) / 2),
        aside(halfWidth) {}

  void add(const LocalPoint& p, double value) {
    const double w = (p.w - middle) / half;
    if (std::abs(p.u) > aside || std::abs(w) > wallKept)
      return;
    const double place = sense * (p.v - wall.at(p.u, p.w));
    all.add(place, value);
    if (std::abs(place) < 6)
      samples.push_back({place, value, {w, w * w, 0}});
  }

  const FittedSurface wall; ///< as it was fitted to the mask
  double sense, middle, half, aside;
  EdgeProfile all;
  std::vector<EdgeSample> samples;
};

void alignWall(FittedSurface& wall, const WallView& view, double voxelMm) {
  const double found = view.all.border(voxelMm).value_or(0);
  if (voxelMm > finestNeededMm || std::abs(found) > farthestShift(voxelMm))
    return;
  const auto c = fitBorder(view.samples, found, {usualTilt, usualBend, 0}, voxelMm);
  if (!c)
    return;
  // Terms of w against `middle`, brought to the surface's own origin.
  const double d = (wall.b0 - view.middle) / view.half;
  wall.c[0] += view.sense * ((*c)[0] + (*c)[1] * d + (*c)[2] * d * d);
  wall.c[2] += view.sense * ((*c)[1] + 2 * (*c)[2] * d) / view.half;
  wall.c[4] += view.sense * (*c)[2] / (view.half * view.half);
}

/// Calls f(LocalPoint, value) for the image's voxels within a box of the body's frame.
template <class F>
void forVoxels(const Volume& ct, const LocalFrame& frame, LocalPoint low, LocalPoint high, F&& f) {
  const Grid& grid = ct.grid();
  IndexBox box;
  for (int n = 0; n < 8; ++n)
    box.include(nearestIndex(
        grid.toIjk(frame.at({n & 1 ? high.u : low.u, n & 2 ? high.v : low.v, n & 4 ? high.w : low.w}))));
  const GridSize size = grid.size();
  for (int k = std::max(0, box.low.k); k <= std::min(size.k - 1, box.high.k); ++k)
    for (int j = std::max(0, box.low.j); j <= std::min(size.j - 1, box.high.j); ++j)
      for (int i = std::max(0, box.low.i); i <= std::min(size.i - 1, box.high.i); ++i) {
        const LocalPoint p = frame.local(grid.toLps(IndexIjk{i, j, k}));
        if (p.u >= low.u && p.u <= high.u && p.v >= low.v && p.v <= high.v && p.w >= low.w && p.w <= high.w)
          f(p, ct.value({i, j, k}));
      }
}

} // namespace

void alignToImage(const Volume& ct, BodySurface& s) {
  const LocalFrame& f = s.frame;
  const double along = voxelAlong(ct.grid(), f.superior), deep = voxelAlong(ct.grid(), f.posterior);
  const double top = s.superior.at(0, s.middleDepth), bottom = s.inferior.at(0, s.middleDepth);
  PlateView upper(s.superior, 1, s.frontAt(top), s.backAt(top)),
      lower(s.inferior, -1, s.frontAt(bottom), s.backAt(bottom));
  WallView back(s.posterior, 1, bottom, top, 0.15 * s.widthMm),
      front(s.anterior, -1, bottom, top, 0.15 * s.widthMm);
  forVoxels(ct, f, {s.superior.aLow, s.frontLimit - EdgeProfile::outside, bottom - EdgeProfile::outside - 3},
            {s.superior.aHigh, s.backLimit + EdgeProfile::outside, top + EdgeProfile::outside + 3},
            [&](const LocalPoint& p, double value) {
              upper.add(p, value);
              lower.add(p, value);
              back.add(p, value);
              front.add(p, value);
            });
  alignPlate(s.superior, upper, along, s.superiorEdges, s.superiorRims);
  alignPlate(s.inferior, lower, along, s.inferiorEdges, s.inferiorRims);
  alignWall(s.posterior, back, deep);
  alignWall(s.anterior, front, deep);
  // How far bone reaches was the mask's word.
  s.frontLimit -= 1;
  s.backLimit += 1;
}

} // namespace spondyl

#include "core/measure/spine_frame.h"

#include "core/geometry/units.h"

#include <cmath>

namespace spondyl {
namespace {

// How far each cue usually is from upright, degrees. S1's slope: mean 41, SD 8 (CLINICAL §3.5).
constexpr double usualSlope = 41, slopeSpread = 8, chordSpread = 6, tableSpread = 6, tableTrust = 12;

/// Angle of `v` against `up` in the plane across `left`, degrees, backwards positive.
double leanOf(VectorLps v, VectorLps up, VectorLps left) {
  return fromRadians(std::atan2(dot(v, cross(up, left)), dot(v, up))).value;
}

} // namespace

SpineFrame spineFrame(const SpineShapes& shapes) {
  SpineFrame frame;
  VectorLps left;
  std::optional<PointLps> top, bottom;
  for (const LevelShape& l : shapes.levels) {
    const SiteLandmark* plate = l.geometry->landmark("endplate.middle");
    if (l.geometry->hasBody)
      left = left + l.geometry->frame.left;
    const std::optional<PointLps> at = plate                 ? std::optional(plate->position)
                                       : l.geometry->hasBody ? std::optional(l.geometry->frame.origin)
                                                             : std::nullopt;
    if (!at)
      continue;
    if (!top)
      top = at;
    bottom = at;
  }
  if (!top || distance(*top, *bottom) < 10 || length(left) < 1e-6)
    return frame;
  const VertebraGeometry& last = *shapes.levels.back().geometry;
  if (shapes.hipLeft && shapes.hipRight) {
    left = *shapes.hipLeft - *shapes.hipRight;
    frame.fromPelvis = true;
  } else if (last.mirrorLeft) {
    left = *last.mirrorLeft;
    frame.fromPelvis = true;
  }
  const VectorLps chord = normalized(*top - *bottom);
  frame.left = normalized(left - chord * dot(left, chord));

  double sum = 0, weight = 1 / (chordSpread * chordSpread); // leans against the chord
  const SiteLandmark *front = last.landmark("endplate.anterior"), *back = last.landmark("endplate.posterior");
  if (front && back) {
    const VectorLps along = normalized(back->position - front->position), normal = cross(frame.left, along);
    const double slope = toRadians(Deg(usualSlope));
    const double w = 1 / (slopeSpread * slopeSpread);
    sum += w * leanOf(along * std::sin(slope) + normal * std::cos(slope), chord, frame.left);
    weight += w;
  }
  const double table = leanOf({0, 0, 1}, chord, frame.left);
  const double away = table - sum / weight;
  const double w = std::exp(-0.5 * away * away / (tableTrust * tableTrust)) / (tableSpread * tableSpread);
  sum += w * table;
  weight += w;
  const double lean = toRadians(Deg(sum / weight));
  frame.superior = chord * std::cos(lean) + cross(chord, frame.left) * std::sin(lean);
  frame.posterior = cross(frame.superior, frame.left);
  return frame;
}

} // namespace spondyl

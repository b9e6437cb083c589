#pragma once
// Axes of one vertebra: left, posterior and superior of the patient, perpendicular, unit length,
// right-handed.

#include "core/geometry/frames.h"

namespace spondyl {

/// Coordinates of a vertebra, mm: u to the patient's left, v posterior, w superior.
struct LocalPoint {
  double u = 0, v = 0, w = 0;
};

struct LocalFrame {
  PointLps origin;
  VectorLps left{1, 0, 0}, posterior{0, 1, 0}, superior{0, 0, 1};

  PointLps at(LocalPoint p) const { return origin + left * p.u + posterior * p.v + superior * p.w; }
  LocalPoint local(PointLps p) const {
    const VectorLps d = p - origin;
    return {dot(d, left), dot(d, posterior), dot(d, superior)};
  }
};

/// Axes from an up direction and a rough posterior one. The frame never depends on the handedness of a grid.
inline LocalFrame frameFrom(PointLps origin, VectorLps up, VectorLps towardsPosterior) {
  LocalFrame f;
  f.origin = origin;
  f.superior = normalized(up);
  VectorLps back = towardsPosterior - f.superior * dot(towardsPosterior, f.superior);
  if (length(back) < 1e-6) {
    back = VectorLps{0, 1, 0} - f.superior * f.superior.y;
    if (length(back) < 1e-6)
      back = VectorLps{0, 0, -1};
  }
  f.posterior = normalized(back);
  f.left = cross(f.posterior, f.superior);
  return f;
}

} // namespace spondyl

#pragma once
// A smooth curve through points, by arc length: the spine's centre line.

#include "core/geometry/frames.h"

#include <vector>

namespace spondyl {

/// Natural cubic spline through at least two points (one point: a vertical line through it), parametrised by
/// the chord length from the first point, mm. Outside its ends it goes on straight.
class Curve {
 public:
  explicit Curve(std::vector<PointLps> points);
  double lengthMm() const { return m_at.empty() ? 0.0 : m_at.back(); }
  PointLps at(double s) const;
  /// Unit tangent, towards growing s.
  VectorLps tangent(double s) const;
  /// Parameter of the point of the curve nearest to p (within the ends).
  double nearest(PointLps p) const;

 private:
  std::vector<PointLps> m_points;
  std::vector<double> m_at;        ///< s of each point
  std::vector<VectorLps> m_second; ///< second derivatives at the points
};

} // namespace spondyl

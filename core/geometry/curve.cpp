#include "core/geometry/curve.h"

#include <algorithm>

namespace spondyl {

Curve::Curve(std::vector<PointLps> points) {
  for (const PointLps& p : points) { // coincident points carry no direction
    if (!m_points.empty() && distance(m_points.back(), p) < 1e-9)
      continue;
    m_at.push_back(m_points.empty() ? 0.0 : m_at.back() + distance(m_points.back(), p));
    m_points.push_back(p);
  }
  const std::size_t n = m_points.size();
  m_second.assign(n, VectorLps{});
  if (n < 3)
    return;
  // Thomas algorithm for the natural spline's second derivatives.
  std::vector<double> upper(n, 0.0);
  std::vector<VectorLps> rhs(n);
  for (std::size_t a = 1; a + 1 < n; ++a) {
    const double h0 = m_at[a] - m_at[a - 1], h1 = m_at[a + 1] - m_at[a];
    const VectorLps slope = (m_points[a + 1] - m_points[a]) / h1 - (m_points[a] - m_points[a - 1]) / h0;
    const double pivot = 2 * (h0 + h1) - h0 * upper[a - 1];
    upper[a] = h1 / pivot;
    rhs[a] = (slope * 6.0 - rhs[a - 1] * h0) / pivot;
  }
  for (std::size_t a = n - 1; a-- > 1;)
    m_second[a] = rhs[a] - m_second[a + 1] * upper[a];
}

namespace {
std::size_t segmentOf(const std::vector<double>& at, double s) {
  const auto it = std::upper_bound(at.begin(), at.end(), s);
  const std::size_t index = it == at.begin() ? 0 : std::size_t(it - at.begin()) - 1;
  return std::min(index, at.size() - 2);
}
} // namespace

PointLps Curve::at(double s) const {
  if (m_points.empty())
    return {};
  if (m_points.size() == 1)
    return m_points[0] + VectorLps{0, 0, 1} * s;
  if (s < 0)
    return m_points.front() + tangent(0) * s;
  if (s > lengthMm())
    return m_points.back() + tangent(lengthMm()) * (s - lengthMm());
  const std::size_t a = segmentOf(m_at, s);
  const double h = m_at[a + 1] - m_at[a], u = (s - m_at[a]) / h, v = 1 - u;
  const VectorLps p0 = m_points[a] - PointLps{}, p1 = m_points[a + 1] - PointLps{};
  return PointLps{} + (p0 * v + p1 * u +
                       (m_second[a] * (v * v * v - v) + m_second[a + 1] * (u * u * u - u)) * (h * h / 6));
}

VectorLps Curve::tangent(double s) const {
  if (m_points.size() < 2)
    return {0, 0, 1};
  s = std::clamp(s, 0.0, lengthMm());
  const std::size_t a = segmentOf(m_at, s);
  const double h = m_at[a + 1] - m_at[a], u = (s - m_at[a]) / h, v = 1 - u;
  return normalized((m_points[a + 1] - m_points[a]) / h +
                    (m_second[a] * (1 - 3 * v * v) + m_second[a + 1] * (3 * u * u - 1)) * (h / 6));
}

double Curve::nearest(PointLps p) const {
  if (m_points.size() < 2)
    return 0;
  // Coarse search over the pieces, then golden section: distances to a spline may have several minima.
  const int samples = std::max(8, int(m_points.size()) * 8);
  double best = 0, bestDistance = 1e300;
  for (int a = 0; a <= samples; ++a) {
    const double s = lengthMm() * a / samples, d = distance(at(s), p);
    if (d < bestDistance) {
      bestDistance = d;
      best = s;
    }
  }
  double low = std::max(0.0, best - lengthMm() / samples),
         high = std::min(lengthMm(), best + lengthMm() / samples);
  for (int step = 0; step < 48; ++step) {
    const double third = (high - low) / 3;
    if (distance(at(low + third), p) < distance(at(high - third), p))
      high -= third;
    else
      low += third;
  }
  return (low + high) / 2;
}

} // namespace spondyl

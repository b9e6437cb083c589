#include "core/geometry/grid.h"

#include <algorithm>

namespace spondyl {

Result<Grid> Grid::create(GridSize size, PointLps origin, VectorLps stepI, VectorLps stepJ, VectorLps stepK) {
  const double det = dot(cross(stepI, stepJ), stepK);
  const double scale = length(stepI) * length(stepJ) * length(stepK);
  const bool finite =
      std::isfinite(det) && std::isfinite(origin.x) && std::isfinite(origin.y) && std::isfinite(origin.z);
  if (size.i < 1 || size.j < 1 || size.k < 1 || !finite || !(scale > 0) || std::abs(det) < 1e-6 * scale)
    return fail(ErrorCode::NoGeometry, {}, "Grid::create");
  Grid g;
  g.m_size = size;
  g.m_origin = origin;
  g.m_step = {stepI, stepJ, stepK};
  g.m_inverse = {cross(stepJ, stepK) / det, cross(stepK, stepI) / det, cross(stepI, stepJ) / det};
  return g;
}

std::array<double, 3> Grid::spacing() const {
  return {length(m_step[0]), length(m_step[1]), length(m_step[2])};
}

double Grid::voxelVolumeMm3() const {
  return std::abs(dot(cross(m_step[0], m_step[1]), m_step[2]));
}

bool Grid::isSheared(double tolerance) const {
  const auto cosine = [](VectorLps a, VectorLps b) { return std::abs(dot(normalized(a), normalized(b))); };
  return cosine(m_step[0], m_step[1]) > tolerance || cosine(m_step[0], m_step[2]) > tolerance ||
         cosine(m_step[1], m_step[2]) > tolerance;
}

PointLps Grid::centre() const {
  return toLps(PointIjk{(m_size.i - 1) / 2.0, (m_size.j - 1) / 2.0, (m_size.k - 1) / 2.0});
}

std::array<PointLps, 8> Grid::corners() const {
  std::array<PointLps, 8> out;
  for (int c = 0; c < 8; ++c)
    out[std::size_t(c)] = toLps(PointIjk{(c & 1) ? m_size.i - 0.5 : -0.5, (c & 2) ? m_size.j - 0.5 : -0.5,
                                         (c & 4) ? m_size.k - 0.5 : -0.5});
  return out;
}

std::pair<int, int> Grid::closestAxis(VectorLps direction) const {
  int best = 0;
  double bestCosine = 0;
  for (int a = 0; a < 3; ++a) {
    const double c = dot(normalized(m_step[std::size_t(a)]), normalized(direction));
    if (std::abs(c) > std::abs(bestCosine)) {
      best = a;
      bestCosine = c;
    }
  }
  return {best, bestCosine < 0 ? -1 : 1};
}

bool Grid::sameAs(const Grid& other, double toleranceMm) const {
  if (m_size != other.m_size)
    return false;
  const auto mine = corners(), theirs = other.corners();
  return std::equal(mine.begin(), mine.end(), theirs.begin(),
                    [&](PointLps a, PointLps b) { return distance(a, b) <= toleranceMm; });
}

} // namespace spondyl

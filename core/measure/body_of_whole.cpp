// The vertebral body within a vertebra that is labelled as one piece: the compact mass in front of the canal.

#include "core/measure/vertebra_geometry.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

/// Distance to the nearest voxel outside, mm, separable and exact for perpendicular axes.
class DepthMap {
 public:
  explicit DepthMap(const LocalMask& mask) : m_box(mask.box()) {
    n[0] = m_box.high.i - m_box.low.i + 1;
    n[1] = m_box.high.j - m_box.low.j + 1;
    n[2] = m_box.high.k - m_box.low.k + 1;
    m_squared.assign(std::size_t(n[0]) * std::size_t(n[1]) * std::size_t(n[2]), 0.f);
    mask.forEach([&](IndexIjk v) { m_squared[at(v)] = 1e12f; });
    const auto spacing = mask.grid().spacing();
    for (int axis = 0; axis < 3; ++axis)
      pass(axis, spacing[std::size_t(axis)]);
  }
  double depth(IndexIjk v) const { return std::sqrt(double(m_squared[at(v)])); }
  std::size_t at(IndexIjk v) const {
    return (std::size_t(v.k - m_box.low.k) * std::size_t(n[1]) + std::size_t(v.j - m_box.low.j)) *
               std::size_t(n[0]) +
           std::size_t(v.i - m_box.low.i);
  }
  std::size_t size() const { return m_squared.size(); }
  int n[3];

 private:
  /// Lower envelope of parabolas along one axis; the voxels beyond both ends count as outside.
  void pass(int axis, double step) {
    const std::size_t stride = axis == 0   ? 1
                               : axis == 1 ? std::size_t(n[0])
                                           : std::size_t(n[0]) * std::size_t(n[1]);
    const int length = n[axis] + 2;
    std::vector<double> f(std::size_t(length), 0.0), z(std::size_t(length) + 1);
    std::vector<int> v(std::size_t(length), 0);
    for (std::size_t start = 0; start < m_squared.size(); ++start) {
      if (start / stride % std::size_t(n[axis]) != 0)
        continue;
      for (int q = 0; q < n[axis]; ++q)
        f[std::size_t(q) + 1] = double(m_squared[start + std::size_t(q) * stride]);
      f[0] = f[std::size_t(length) - 1] = 0;
      int k = 0;
      v[0] = 0;
      z[0] = -1e18;
      z[1] = 1e18;
      const double s2 = step * step;
      for (int q = 1; q < length; ++q) {
        const auto meet = [&](int p) {
          return ((f[std::size_t(q)] + s2 * q * q) - (f[std::size_t(p)] + s2 * p * p)) / (2 * s2 * (q - p));
        };
        double s = meet(v[std::size_t(k)]);
        while (s <= z[std::size_t(k)])
          s = meet(v[std::size_t(--k)]);
        v[std::size_t(++k)] = q;
        z[std::size_t(k)] = s;
        z[std::size_t(k) + 1] = 1e18;
      }
      k = 0;
      for (int q = 1; q + 1 < length; ++q) {
        while (z[std::size_t(k) + 1] < q)
          ++k;
        const double d = step * (q - v[std::size_t(k)]);
        m_squared[start + std::size_t(q - 1) * stride] = float(d * d + f[std::size_t(v[std::size_t(k)])]);
      }
    }
  }
  IndexBox m_box;
  std::vector<float> m_squared;
};

/// Centre of the largest connected piece that lies deeper than `limit`.
PointLps largestCore(const LocalMask& mask, const DepthMap& depth, double limit) {
  std::vector<std::uint8_t> seen(depth.size(), 0);
  const auto deep = [&](IndexIjk v) { return mask.inside(v) && depth.depth(v) >= limit; };
  PointLps best = mask.centroid();
  double bestMass = 0;
  mask.forEach([&](IndexIjk start) {
    if (seen[depth.at(start)] || !deep(start))
      return;
    std::vector<IndexIjk> open{start};
    seen[depth.at(start)] = 1;
    double mass = 0, i = 0, j = 0, k = 0;
    while (!open.empty()) {
      const IndexIjk v = open.back();
      open.pop_back();
      const double d = depth.depth(v);
      mass += d;
      i += d * v.i;
      j += d * v.j;
      k += d * v.k;
      for (const IndexIjk next :
           {IndexIjk{v.i - 1, v.j, v.k}, IndexIjk{v.i + 1, v.j, v.k}, IndexIjk{v.i, v.j - 1, v.k},
            IndexIjk{v.i, v.j + 1, v.k}, IndexIjk{v.i, v.j, v.k - 1}, IndexIjk{v.i, v.j, v.k + 1}}) {
        if (!deep(next) || seen[depth.at(next)])
          continue;
        seen[depth.at(next)] = 1;
        open.push_back(next);
      }
    }
    if (mass <= bestMass)
      return;
    bestMass = mass;
    best = mask.grid().toLps(PointIjk{i / mass, j / mass, k / mass});
  });
  return best;
}

/// Where the body ends and the canal begins along straight lines backwards; where the canal ends again.
struct CanalSpan {
  double wall = 0, lamina = 0;
};
std::optional<CanalSpan> canalBehind(const LocalMask& mask, PointLps from, VectorLps backwards) {
  constexpr double step = 0.5;
  std::optional<double> wall;
  for (double t = 0; t < 70; t += step) {
    const bool inside = mask.occupancy(from + backwards * t) >= 0.5;
    if (!wall && !inside) {
      if (t == 0)
        return std::nullopt;
      wall = t - step / 2;
    } else if (wall && inside && t - *wall > 4) {
      return CanalSpan{*wall, t - step / 2};
    } else if (wall && inside) {
      wall.reset(); // a vein's gap in the back wall, not the canal
    }
  }
  return wall ? std::optional(CanalSpan{*wall, *wall}) : std::nullopt;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
  return values[values.size() / 2];
}

} // namespace

LocalMask bodyOfWhole(const LocalMask& whole, VectorLps up) {
  const DepthMap depth(whole);
  double deepest = 0;
  whole.forEach([&](IndexIjk v) { deepest = std::max(deepest, depth.depth(v)); });
  if (deepest < 2)
    return {};
  const PointLps core = largestCore(whole, depth, 0.6 * deepest);
  const PointLps mass = whole.centroid();
  LocalFrame frame = frameFrom(core, up, distance(mass, core) > 3 ? mass - core : VectorLps{0, 1, 0});
  double wallAt = 0, tilt = 0;
  for (int round = 0; round < 3; ++round) {
    std::vector<double> walls, heights, laminae, sides;
    for (double w = -0.5 * deepest; w <= 0.5 * deepest; w += 1)
      for (double u = -4; u <= 4; u += 1)
        if (const auto span = canalBehind(whole, frame.at({u, 0, w}), frame.posterior)) {
          walls.push_back(span->wall);
          heights.push_back(w);
          if (span->lamina > span->wall)
            laminae.push_back((span->wall + span->lamina) / 2);
        }
    if (walls.size() < 10)
      return {};
    wallAt = median(walls);
    double sw = 0, sww = 0, swv = 0, sv = 0, n = 0;
    for (std::size_t q = 0; q < walls.size(); ++q) {
      if (std::abs(walls[q] - wallAt) > 3)
        continue;
      sw += heights[q];
      sww += heights[q] * heights[q];
      sv += walls[q];
      swv += heights[q] * walls[q];
      ++n;
    }
    const double spread = n * sww - sw * sw;
    tilt = spread > 1e-6 ? (n * swv - sw * sv) / spread : 0.0;
    wallAt = (sv - tilt * sw) / n;
    if (laminae.size() < 10)
      break;
    // The canal's centre, side to side, says where straight backwards is.
    const double behind = median(laminae);
    double left = 0, right = 0;
    while (left < 25 && whole.occupancy(frame.at({left, behind, 0})) < 0.5)
      left += 0.5;
    while (right < 25 && whole.occupancy(frame.at({-right, behind, 0})) < 0.5)
      right += 0.5;
    if (left >= 25 || right >= 25)
      break;
    frame = frameFrom(core, up, frame.at({(left - right) / 2, behind, 0}) - core);
  }
  // What lies in front of the back wall; no wider than the front of the body, for at L5 transverse processes
  // begin there.
  double widest[2] = {0, 0};
  whole.forEach([&](IndexIjk v) {
    const LocalPoint p = frame.local(whole.grid().toLps(v));
    if (p.v > 0 || p.v < -0.7 * wallAt)
      return;
    double& side = widest[p.u > 0 ? 0 : 1];
    side = std::max(side, std::abs(p.u));
  });
  LocalMask body = whole;
  whole.forEach([&](IndexIjk v) {
    const LocalPoint p = frame.local(whole.grid().toLps(v));
    if (p.v > wallAt + tilt * p.w || std::abs(p.u) > 1.1 * widest[p.u > 0 ? 0 : 1])
      body.set(v, false);
  });
  return body;
}

} // namespace spondyl

#include "core/phantom/warp.h"

#include "core/phantom/random.h"

namespace spondyl {

namespace {

/// A random vector of the lattice node, each component in -1 … 1.
VectorLps nodeVector(std::uint64_t seed, std::int64_t i, std::int64_t j, std::int64_t k) {
  std::uint64_t h =
      Random::mix(seed ^ (std::uint64_t(i) * 0x8DA6B343u) ^ (std::uint64_t(j) * 0xD8163841u << 8) ^
                  (std::uint64_t(k) * 0xCB1AB31Fu << 16));
  const auto part = [&h] {
    const double v = double(h & 0x1FFFFF) / double(0x100000) - 1;
    h >>= 21;
    return v;
  };
  const double x = part(), y = part(), z = part();
  return {x, y, z};
}

} // namespace

VectorLps Warp::displacement(PointLps q) const {
  if (isIdentity())
    return {};
  const double p[3] = {q.x / m_cell, q.y / m_cell, q.z / m_cell};
  std::int64_t base[3];
  double weight[3];
  for (int n = 0; n < 3; ++n) {
    const double floor = std::floor(p[n]);
    base[n] = std::int64_t(floor);
    const double t = p[n] - floor;
    weight[n] = t * t * t * (t * (t * 6 - 15) + 10);
  }
  VectorLps sum;
  for (int corner = 0; corner < 8; ++corner) {
    double w = 1;
    for (int n = 0; n < 3; ++n)
      w *= ((corner >> n) & 1) ? weight[n] : 1 - weight[n];
    sum = sum + nodeVector(m_seed, base[0] + (corner & 1), base[1] + ((corner >> 1) & 1),
                           base[2] + ((corner >> 2) & 1)) *
                    w;
  }
  return sum * m_amplitude;
}

PointLps Warp::drawn(PointLps p) const {
  PointLps q = p;
  for (int n = 0; n < 20 && !isIdentity(); ++n)
    q = p - displacement(q);
  return q;
}

} // namespace spondyl

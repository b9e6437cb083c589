#pragma once
// Random numbers that are the same on every machine and compiler (the standard's distributions are not).

#include <cmath>
#include <cstdint>
#include <numbers>

namespace spondyl {

/// One stream per purpose: Random(seed, stream). Drawing more in one place leaves the other streams as they
/// were.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0)
      : m_state(mix(seed * 0x9E3779B97F4A7C15ull + mix(stream + 1))) {}

  std::uint64_t bits() {
    m_state += 0x9E3779B97F4A7C15ull;
    return mix(m_state);
  }
  double uniform() { return double(bits() >> 11) * 0x1.0p-53; } ///< [0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double logUniform(double low, double high) { return low * std::exp(uniform() * std::log(high / low)); }
  bool chance(double probability) { return uniform() < probability; }
  int below(int count) { return int(uniform() * count); } ///< 0 … count - 1
  double normal(double mean = 0, double deviation = 1) {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return mean + deviation * radius * std::cos(2 * std::numbers::pi * uniform());
  }
  double side() { return chance(0.5) ? 1.0 : -1.0; }

  /// A well-mixed hash of one number.
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
  }

 private:
  std::uint64_t m_state;
};

} // namespace spondyl

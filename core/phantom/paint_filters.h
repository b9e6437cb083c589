#pragma once
// Blur and noise of painted phantoms. The noise of a voxel depends on its seed and place alone, not on
// threads.

#include "core/geometry/grid.h"
#include "core/phantom/random.h"

#include <cstdint>
#include <vector>

namespace spondyl {

/// Nearly normal, mean 0, deviation 1.
inline float noiseAt(std::uint64_t seed, std::size_t voxel) {
  const std::uint64_t h = Random::mix(seed * 0x9E3779B97F4A7C15ull + voxel);
  const auto part = [h](int n) { return float((h >> (16 * n)) & 0xFFFF) / 65535.f; };
  return (part(0) + part(1) + part(2) + part(3) - 2.f) * 1.7320508f;
}

/// Gaussian blur, standard deviation in mm along each index axis (at most about one voxel and a half).
void smooth(const Grid& grid, std::vector<float>& image, double sigmaMm);
/// Adds noise of this deviation, half of its power blurred over neighbours as a reconstruction kernel does.
void addNoise(const Grid& grid, std::vector<float>& image, std::uint64_t seed, float deviation);

} // namespace spondyl

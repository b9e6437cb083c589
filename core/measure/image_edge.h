#pragma once
// Where a CT shows that bone ends, finer than its voxels: the grey levels of many voxels on both sides of a
// border, read as a step with a thin bright shell on its inner side, seen through a blur.

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace spondyl {

/// Grey levels by their distance from the expected border, mm, outwards positive.
class EdgeProfile {
 public:
  static constexpr double inside = 7, outside = 11; ///< how far is looked

  void add(double place, double value);
  double voxels() const; ///< near the expected border
  /// Place of the border, near the expected one first, then further: where a mask ends inside bone, the
  /// border lies beyond. nullopt: no such border, or too few voxels. `voxelMm`: size of a voxel across the
  /// border.
  std::optional<double> border(double voxelMm) const;

 private:
  static constexpr double width = 0.25; ///< of a bin
  struct Bin {
    double place = 0, value = 0, n = 0; ///< sums
  };
  std::array<Bin, std::size_t((inside + outside) / width)> m_bins{};
};

/// One voxel near an expected border that may be moved, tilted and bent: `shape` holds the functions beside 1
/// whose sum says how the border lies against the expected one.
struct EdgeSample {
  double place = 0, value = 0;
  std::array<double, 3> shape{};
};
/// Coefficients of 1 and of the three functions, mm. `start`: shift to begin with; `spread`: how large the
/// functions' coefficients usually are, 0 leaves one out. All voxels share their grey levels, so that a
/// border that runs along the voxels' rows is found from where it crosses them. nullopt: no border there.
std::optional<std::array<double, 4>> fitBorder(const std::vector<EdgeSample>& samples, double start,
                                               std::array<double, 3> spread, double voxelMm);

} // namespace spondyl

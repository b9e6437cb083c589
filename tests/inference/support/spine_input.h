#pragma once
// A spine of simple shapes with known answer, drawn on any grid: bodies are bright, posterior elements dark,
// and there is a knob on the patient's left, so that nothing can be mirrored unseen.

#include "core/image/volume.h"

#include <cmath>
#include <vector>

namespace spondyl::test {

/// HU: tissue 300, body 1200, arch and knob 0; air (-1000) only beyond the field.
struct SimpleSpine {
  int count = 4;
  double spacingMm = 34;
  PointLps top{5, -3, 40}; ///< centre of the topmost body
  VectorLps down{0, 0, -1};

  PointLps centre(int n) const { return top + down * (spacingMm * n); }
  /// The knob belongs to vertebra `knobOf` and lies on its left.
  int knobOf = 1;
  PointLps knob() const { return centre(knobOf) + VectorLps{27, 8, 0}; }

  double value(PointLps p) const {
    double body = 0, arch = 0;
    for (int n = 0; n < count; ++n) {
      const VectorLps d = p - centre(n);
      const double inside = std::max({std::hypot(d.x / 20, d.y / 15) - 1, std::abs(d.z) / 12.5 - 1});
      body = std::max(body, std::clamp(0.5 - inside * 6, 0.0, 1.0));
      const VectorLps a = p - (centre(n) + VectorLps{0, 28, -4});
      arch = std::max(arch, std::clamp(0.5 - (length(a) - 12) / 3, 0.0, 1.0));
    }
    arch = std::max(arch, std::clamp(0.5 - (length(p - knob()) - 10) / 3, 0.0, 1.0));
    return 300 + 900 * body - 300 * arch;
  }
};

/// The spine on a grid, as int16 with a rescale of its own.
inline VolumePtr drawn(const SimpleSpine& spine, const Grid& grid) {
  auto builder =
      VolumeBuilder::create(grid, VoxelType::Int16, {0.5, -1000}, VolumeMeaning::CtHounsfield).value();
  const GridSize n = grid.size();
  auto voxels = builder.voxels<std::int16_t>();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i)
        voxels[grid.offset({i, j, k})] =
            std::int16_t(std::lround((spine.value(grid.toLps(IndexIjk{i, j, k})) + 1000) * 2));
  return std::move(builder).freeze();
}

/// A grid whose box is about that of an LPS box round `centre`, turned by steps given as unit directions.
inline Grid gridRound(PointLps centre, VectorLps i, VectorLps j, VectorLps k, GridSize size) {
  const PointLps origin =
      centre - i * ((size.i - 1) / 2.0) - j * ((size.j - 1) / 2.0) - k * ((size.k - 1) / 2.0);
  return Grid::create(size, origin, i, j, k).value();
}

} // namespace spondyl::test

#pragma once
// One smooth deformation of the patient, so that drawn shapes look grown instead of turned on a lathe.

#include "core/geometry/frames.h"

#include <cstdint>

namespace spondyl {

/// A drawn point q shows the description at q + displacement(q). Patient coordinates, mm; smooth, a function
/// of place alone, so that it does not depend on any voxel grid.
class Warp {
 public:
  Warp(std::uint64_t seed, double amplitudeMm, double cellMm)
      : m_seed(seed), m_amplitude(amplitudeMm), m_cell(cellMm) {}
  bool isIdentity() const { return m_amplitude <= 0; }
  double amplitude() const { return m_amplitude; }
  VectorLps displacement(PointLps q) const;
  /// Where a point of the description is drawn.
  PointLps drawn(PointLps p) const;

 private:
  std::uint64_t m_seed;
  double m_amplitude, m_cell;
};

} // namespace spondyl

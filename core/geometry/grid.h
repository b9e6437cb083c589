#pragma once
// Where the voxels of a volume lie in patient space: size and a general affine. Oblique, sheared (gantry
// tilt) and left-handed stacks are kept exactly as acquired. Only Grid converts between indices and patient
// space.

#include "core/base/result.h"
#include "core/geometry/frames.h"

#include <array>
#include <cstddef>

namespace spondyl {

struct GridSize {
  int i = 0, j = 0, k = 0;
  constexpr std::size_t count() const { return std::size_t(i) * std::size_t(j) * std::size_t(k); }
  constexpr bool operator==(const GridSize&) const = default;
};

class Grid {
 public:
  /// The empty grid: size 0, identity axes. For members that are filled later.
  Grid() = default;

  /// `origin` is the centre of voxel (0,0,0); a step leads to the centre of the next voxel along that axis,
  /// mm. Errors: NoGeometry if a size is < 1, a number is not finite or the steps do not span space.
  static Result<Grid> create(GridSize size, PointLps origin, VectorLps stepI, VectorLps stepJ,
                             VectorLps stepK);

  GridSize size() const { return m_size; }
  PointLps origin() const { return m_origin; }
  VectorLps stepI() const { return m_step[0]; }
  VectorLps stepJ() const { return m_step[1]; }
  VectorLps stepK() const { return m_step[2]; }
  /// Lengths of the three steps, mm.
  std::array<double, 3> spacing() const;
  double voxelVolumeMm3() const;

  PointLps toLps(PointIjk p) const { return m_origin + m_step[0] * p.i + m_step[1] * p.j + m_step[2] * p.k; }
  PointLps toLps(IndexIjk p) const { return toLps(toPoint(p)); }
  PointIjk toIjk(PointLps p) const {
    const VectorLps d = p - m_origin;
    return {dot(m_inverse[0], d), dot(m_inverse[1], d), dot(m_inverse[2], d)};
  }
  /// Change of index per mm along a direction.
  PointIjk directionToIjk(VectorLps d) const {
    return {dot(m_inverse[0], d), dot(m_inverse[1], d), dot(m_inverse[2], d)};
  }

  bool contains(IndexIjk v) const {
    return v.i >= 0 && v.j >= 0 && v.k >= 0 && v.i < m_size.i && v.j < m_size.j && v.k < m_size.k;
  }
  /// i fastest, then j, then k.
  std::size_t offset(IndexIjk v) const {
    return (std::size_t(v.k) * std::size_t(m_size.j) + std::size_t(v.j)) * std::size_t(m_size.i) +
           std::size_t(v.i);
  }

  bool isLeftHanded() const { return dot(cross(m_step[0], m_step[1]), m_step[2]) < 0; }
  /// Steps not perpendicular to each other beyond `tolerance` (cosine).
  bool isSheared(double tolerance = 1e-4) const;
  /// Centre of the box of voxel centres.
  PointLps centre() const;
  /// The eight corners of the box, half a voxel outside the outermost centres.
  std::array<PointLps, 8> corners() const;
  /// Index axis (0 i, 1 j, 2 k) that runs closest to a direction, and +1 or -1 for its sense.
  std::pair<int, int> closestAxis(VectorLps direction) const;

  /// Same size and every corner within `toleranceMm`.
  bool sameAs(const Grid& other, double toleranceMm = 1e-3) const;
  bool operator==(const Grid&) const = default;

 private:
  GridSize m_size;
  PointLps m_origin;
  std::array<VectorLps, 3> m_step{VectorLps{1, 0, 0}, VectorLps{0, 1, 0}, VectorLps{0, 0, 1}};
  std::array<VectorLps, 3> m_inverse{VectorLps{1, 0, 0}, VectorLps{0, 1, 0}, VectorLps{0, 0, 1}}; ///< rows
};

} // namespace spondyl

#pragma once
// Label maps as measurements read them: what each structure covers, with a content revision, and one
// structure's voxels as a dense piece that can be sampled between voxel centres.

#include "core/geometry/frames.h"
#include "core/image/label_map.h"

#include <unordered_map>
#include <vector>

namespace spondyl {

/// What one structure covers in one map. `revision` is a hash of exactly its voxels: another structure's
/// change leaves it alone.
struct StructureVoxels {
  std::size_t count = 0;
  IndexBox box;
  double sumI = 0, sumJ = 0, sumK = 0;
  std::uint64_t revision = 0;
  PointIjk centroid() const { return {sumI / double(count), sumJ / double(count), sumK / double(count)}; }
};

std::uint64_t mixBits(std::uint64_t value);
/// Order-dependent combination of revisions.
inline std::uint64_t combine(std::uint64_t a, std::uint64_t b) {
  return mixBits(a * 0x9e3779b97f4a7c15ull + b);
}
std::uint64_t revisionOf(double value);
std::uint64_t revisionOf(PointLps p);
std::uint64_t revisionOf(const Grid& grid);

/// Sums up maps brick by brick and remembers each brick's sum, so that a stroke costs the bricks it touched.
class MaskIndex {
 public:
  /// By structure id.
  using Summary = std::unordered_map<std::uint16_t, StructureVoxels>;
  Summary summarize(const LabelMap& map);
  /// Content revision of some structures within the bricks that meet a box.
  std::uint64_t revisionNear(const LabelMap& map, const std::vector<StructureId>& ids, IndexBox box);
  /// Forgets bricks that no map asked for since the last call.
  void dropUnused();
  std::size_t bricksRead() const { return m_bricksRead; } ///< since construction

 private:
  const Summary& ofBrick(const LabelMap& map, std::size_t brick);
  struct Entry {
    BrickPtr keep; ///< so that the address is not given to another brick
    Summary summary;
    bool used = true;
  };
  std::unordered_map<const LabelBrick*, Entry> m_bricks;
  std::size_t m_bricksRead = 0;
};

/// The voxels of some structures within their box (one empty voxel around), 1 inside, 0 outside.
class LocalMask {
 public:
  LocalMask() = default;
  LocalMask(const LabelMap& map, const std::vector<StructureId>& ids, IndexBox box);

  bool isEmpty() const { return m_inside.empty(); }
  const Grid& grid() const { return m_grid; }
  IndexBox box() const { return m_box; }
  bool inside(IndexIjk v) const {
    if (v.i < m_low.i || v.j < m_low.j || v.k < m_low.k)
      return false;
    const int i = v.i - m_low.i, j = v.j - m_low.j, k = v.k - m_low.k;
    if (i >= m_n[0] || j >= m_n[1] || k >= m_n[2])
      return false;
    return m_inside[(std::size_t(k) * std::size_t(m_n[1]) + std::size_t(j)) * std::size_t(m_n[0]) +
                    std::size_t(i)] != 0;
  }
  void set(IndexIjk v, bool on);
  /// Trilinear between voxel centres, 0 to 1: 0.5 is the surface.
  double occupancy(PointIjk p) const;
  double occupancy(PointLps p) const { return occupancy(m_grid.toIjk(p)); }
  /// Calls f(IndexIjk) for each voxel inside.
  template <class F>
  void forEach(F&& f) const {
    for (int k = 0; k < m_n[2]; ++k)
      for (int j = 0; j < m_n[1]; ++j)
        for (int i = 0; i < m_n[0]; ++i)
          if (m_inside[(std::size_t(k) * std::size_t(m_n[1]) + std::size_t(j)) * std::size_t(m_n[0]) +
                       std::size_t(i)])
            f(IndexIjk{i + m_low.i, j + m_low.j, k + m_low.k});
  }
  /// Calls f(IndexIjk, inside) for every voxel of the box and `margin` around it.
  template <class F>
  void forEachAround(int margin, F&& f) const {
    for (int k = m_box.low.k - margin; k <= m_box.high.k + margin; ++k)
      for (int j = m_box.low.j - margin; j <= m_box.high.j + margin; ++j)
        for (int i = m_box.low.i - margin; i <= m_box.high.i + margin; ++i)
          f(IndexIjk{i, j, k}, inside({i, j, k}));
  }
  std::size_t count() const;
  PointLps centroid() const;
  /// A voxel inside lies in the outermost layer of the grid, or its centre within `nearMm` of that layer's:
  /// the structure may go on outside.
  bool touchesGridEdge(double nearMm = 0) const;

 private:
  Grid m_grid;
  IndexBox m_box;
  IndexIjk m_low;
  int m_n[3] = {0, 0, 0};
  std::vector<std::uint8_t> m_inside;
};

} // namespace spondyl

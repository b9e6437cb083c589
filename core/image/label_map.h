#pragma once
// Which structure each voxel of a grid belongs to. Copy-on-write bricks: copies, snapshots and undo steps
// share what did not change. One bit a voxel says whether a person painted or erased it ("touched").

#include "core/base/id.h"
#include "core/geometry/grid.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spondyl {

using StructureId = Id<struct StructureTag, std::uint16_t>; ///< 0 = background

struct LabelBrick {
  static constexpr int edge = 32;
  static constexpr std::size_t count = std::size_t(edge) * edge * edge;
  std::array<std::uint16_t, count> ids{};
  std::array<std::uint64_t, count / 64> touched{};

  bool isTouched(std::size_t at) const { return (touched[at / 64] >> (at % 64)) & 1u; }
  void setTouched(std::size_t at, bool on) {
    const std::uint64_t bit = std::uint64_t(1) << (at % 64);
    if (on)
      touched[at / 64] |= bit;
    else
      touched[at / 64] &= ~bit;
  }
  bool operator==(const LabelBrick&) const = default;
  bool isEmpty() const; ///< no id and nothing touched
};

using BrickPtr = std::shared_ptr<const LabelBrick>; ///< null = empty

/// Inclusive box of voxels; empty when high < low.
struct IndexBox {
  IndexIjk low{0, 0, 0}, high{-1, -1, -1};
  bool isEmpty() const { return high.i < low.i || high.j < low.j || high.k < low.k; }
  void include(IndexIjk v);
  bool operator==(const IndexBox&) const = default;
};

class LabelMap {
 public:
  LabelMap() = default;
  explicit LabelMap(const Grid& grid);
  /// From a dense array in the grid's order; nothing touched.
  static LabelMap fromDense(const Grid& grid, std::span<const std::uint16_t> ids);

  const Grid& grid() const { return m_grid; }
  StructureId at(IndexIjk v) const; ///< background outside the grid
  bool isTouched(IndexIjk v) const;
  /// count() voxels in the grid's order.
  std::vector<std::uint16_t> dense() const;
  /// One row of voxels (j, k) from i = begin; fast path of drawing.
  void readRow(int iBegin, int j, int k, std::span<std::uint16_t> out) const;

  std::array<int, 3> brickCounts() const { return m_counts; }
  std::span<const BrickPtr> bricks() const {
    return m_bricks ? std::span<const BrickPtr>(*m_bricks) : std::span<const BrickPtr>();
  }
  std::size_t brickIndex(IndexIjk v) const;
  /// A map with some bricks replaced (index, new brick); the rest shared.
  LabelMap withBricks(std::span<const std::pair<std::size_t, BrickPtr>> changed) const;

  IndexBox boundsOf(StructureId id) const;
  std::vector<std::size_t> voxelCounts() const; ///< indexed by structure id, up to the largest present
  /// Equal content (ids and touched bits), whatever the sharing: 64-bit hash over non-empty bricks.
  std::uint64_t contentHash() const;
  bool operator==(const LabelMap& other) const;

 private:
  friend class LabelMapEditor;
  Grid m_grid;
  std::array<int, 3> m_counts{};
  std::shared_ptr<const std::vector<BrickPtr>> m_bricks;
};

/// Builds the next map from one: a brick is copied at its first change.
class LabelMapEditor {
 public:
  explicit LabelMapEditor(const LabelMap& from);
  StructureId at(IndexIjk v) const;
  bool isTouched(IndexIjk v) const;
  /// v must be inside the grid. True if id or touched bit changed.
  bool set(IndexIjk v, StructureId id, bool touched);
  /// The next map; bricks that became equal to the old ones are shared with it again, empty ones are null.
  LabelMap finish() &&;

 private:
  LabelMap m_from;
  std::vector<std::unique_ptr<LabelBrick>> m_changed; ///< by brick index, null = unchanged
};

/// Voxel box of a brick in a grid of this size.
IndexBox brickBox(const Grid& grid, std::array<int, 3> counts, std::size_t brickIndex);

} // namespace spondyl

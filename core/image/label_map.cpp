#include "core/image/label_map.h"

#include <algorithm>
#include <cstring>

namespace spondyl {
namespace {

constexpr int edge = LabelBrick::edge;

std::size_t inBrick(IndexIjk v) {
  return (std::size_t(v.k % edge) * edge + std::size_t(v.j % edge)) * edge + std::size_t(v.i % edge);
}

std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
  h ^= v + 0x9e3779b97f4a7c15ull + (h << 6) + (h >> 2);
  h *= 0xff51afd7ed558ccdull;
  return h ^ (h >> 32);
}

std::uint64_t brickHash(const LabelBrick& brick) {
  // Four chains side by side: one alone waits for each multiplication.
  std::uint64_t h[4] = {1, 2, 3, 4};
  for (std::size_t a = 0; a < LabelBrick::count; a += 16)
    for (std::size_t lane = 0; lane < 4; ++lane) {
      std::uint64_t four;
      std::memcpy(&four, &brick.ids[a + 4 * lane], sizeof four);
      h[lane] = mix(h[lane], four);
    }
  for (std::size_t a = 0; a < brick.touched.size(); a += 4)
    for (std::size_t lane = 0; lane < 4; ++lane)
      h[lane] = mix(h[lane], brick.touched[a + lane]);
  return mix(mix(h[0], h[1]), mix(h[2], h[3]));
}

} // namespace

bool LabelBrick::isEmpty() const {
  return std::all_of(ids.begin(), ids.end(), [](auto v) { return v == 0; }) &&
         std::all_of(touched.begin(), touched.end(), [](auto v) { return v == 0; });
}

void IndexBox::include(IndexIjk v) {
  if (isEmpty()) {
    low = high = v;
    return;
  }
  low = {std::min(low.i, v.i), std::min(low.j, v.j), std::min(low.k, v.k)};
  high = {std::max(high.i, v.i), std::max(high.j, v.j), std::max(high.k, v.k)};
}

LabelMap::LabelMap(const Grid& grid) : m_grid(grid) {
  const GridSize n = grid.size();
  m_counts = {(n.i + edge - 1) / edge, (n.j + edge - 1) / edge, (n.k + edge - 1) / edge};
  m_bricks = std::make_shared<std::vector<BrickPtr>>(std::size_t(m_counts[0]) * std::size_t(m_counts[1]) *
                                                     std::size_t(m_counts[2]));
}

LabelMap LabelMap::fromDense(const Grid& grid, std::span<const std::uint16_t> ids) {
  LabelMap map(grid);
  auto bricks = std::make_shared<std::vector<BrickPtr>>(map.m_bricks->size());
  for (std::size_t b = 0; b < bricks->size(); ++b) {
    const IndexBox box = brickBox(grid, map.m_counts, b);
    auto brick = std::make_shared<LabelBrick>();
    bool any = false;
    for (int k = box.low.k; k <= box.high.k; ++k)
      for (int j = box.low.j; j <= box.high.j; ++j) {
        const std::uint16_t* row = &ids[grid.offset({box.low.i, j, k})];
        std::uint16_t* out = &brick->ids[inBrick({box.low.i, j, k})];
        for (int i = 0; i <= box.high.i - box.low.i; ++i)
          any |= (out[i] = row[i]) != 0;
      }
    if (any)
      (*bricks)[b] = std::move(brick);
  }
  map.m_bricks = std::move(bricks);
  return map;
}

std::size_t LabelMap::brickIndex(IndexIjk v) const {
  return (std::size_t(v.k / edge) * std::size_t(m_counts[1]) + std::size_t(v.j / edge)) *
             std::size_t(m_counts[0]) +
         std::size_t(v.i / edge);
}

StructureId LabelMap::at(IndexIjk v) const {
  if (!m_grid.contains(v))
    return {};
  const BrickPtr& brick = (*m_bricks)[brickIndex(v)];
  return brick ? StructureId{brick->ids[inBrick(v)]} : StructureId{};
}

bool LabelMap::isTouched(IndexIjk v) const {
  if (!m_grid.contains(v))
    return false;
  const BrickPtr& brick = (*m_bricks)[brickIndex(v)];
  return brick && brick->isTouched(inBrick(v));
}

void LabelMap::readRow(int iBegin, int j, int k, std::span<std::uint16_t> out) const {
  int i = iBegin;
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t run = std::min<std::size_t>(out.size() - done, std::size_t(edge - i % edge));
    const BrickPtr& brick = (*m_bricks)[brickIndex({i, j, k})];
    if (brick)
      std::copy_n(&brick->ids[inBrick({i, j, k})], run, out.begin() + std::ptrdiff_t(done));
    else
      std::fill_n(out.begin() + std::ptrdiff_t(done), run, std::uint16_t(0));
    done += run;
    i += int(run);
  }
}

std::vector<std::uint16_t> LabelMap::dense() const {
  const GridSize n = m_grid.size();
  std::vector<std::uint16_t> out(n.count());
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      readRow(0, j, k, std::span(out).subspan(m_grid.offset({0, j, k}), std::size_t(n.i)));
  return out;
}

LabelMap LabelMap::withBricks(std::span<const std::pair<std::size_t, BrickPtr>> changed) const {
  LabelMap next = *this;
  auto bricks = std::make_shared<std::vector<BrickPtr>>(*m_bricks);
  for (const auto& [index, brick] : changed)
    (*bricks)[index] = brick && brick->isEmpty() ? nullptr : brick;
  next.m_bricks = std::move(bricks);
  return next;
}

IndexBox brickBox(const Grid& grid, std::array<int, 3> counts, std::size_t brickIndex) {
  const int b = int(brickIndex);
  const IndexIjk low{b % counts[0] * edge, b / counts[0] % counts[1] * edge,
                     b / (counts[0] * counts[1]) * edge};
  const GridSize n = grid.size();
  return {
      low,
      {std::min(n.i, low.i + edge) - 1, std::min(n.j, low.j + edge) - 1, std::min(n.k, low.k + edge) - 1}};
}

IndexBox LabelMap::boundsOf(StructureId id) const {
  IndexBox box;
  for (std::size_t b = 0; b < bricks().size(); ++b) {
    if (!bricks()[b])
      continue;
    const IndexBox inside = brickBox(m_grid, m_counts, b);
    for (int k = inside.low.k; k <= inside.high.k; ++k)
      for (int j = inside.low.j; j <= inside.high.j; ++j) {
        const std::uint16_t* row = &bricks()[b]->ids[inBrick({inside.low.i, j, k})];
        for (int i = inside.low.i; i <= inside.high.i; ++i)
          if (row[i - inside.low.i] == id.value)
            box.include({i, j, k});
      }
  }
  return box;
}

std::vector<std::size_t> LabelMap::voxelCounts() const {
  std::vector<std::size_t> counts(1);
  for (const BrickPtr& brick : bricks()) {
    if (!brick)
      continue;
    for (const std::uint16_t id : brick->ids) { // voxels of a brick beyond the grid are always 0
      if (id >= counts.size())
        counts.resize(std::size_t(id) + 1);
      ++counts[id];
    }
  }
  std::size_t labelled = 0;
  for (std::size_t id = 1; id < counts.size(); ++id)
    labelled += counts[id];
  counts[0] = m_grid.size().count() - labelled;
  return counts;
}

std::uint64_t LabelMap::contentHash() const {
  std::uint64_t h =
      mix(std::uint64_t(m_counts[0]), (std::uint64_t(m_counts[1]) << 32) | std::uint64_t(m_counts[2]));
  for (std::size_t b = 0; b < bricks().size(); ++b)
    if (bricks()[b])
      h = mix(mix(h, b), brickHash(*bricks()[b]));
  return h;
}

bool LabelMap::operator==(const LabelMap& other) const {
  if (!(m_grid == other.m_grid))
    return false;
  for (std::size_t b = 0; b < bricks().size(); ++b) {
    const BrickPtr &mine = bricks()[b], &theirs = other.bricks()[b];
    if (mine == theirs)
      continue;
    if (!mine || !theirs || !(*mine == *theirs))
      return false;
  }
  return true;
}

LabelMapEditor::LabelMapEditor(const LabelMap& from) : m_from(from), m_changed(from.bricks().size()) {}

StructureId LabelMapEditor::at(IndexIjk v) const {
  if (!m_from.grid().contains(v))
    return {};
  const auto& mine = m_changed[m_from.brickIndex(v)];
  return mine ? StructureId{mine->ids[inBrick(v)]} : m_from.at(v);
}

bool LabelMapEditor::isTouched(IndexIjk v) const {
  if (!m_from.grid().contains(v))
    return false;
  const auto& mine = m_changed[m_from.brickIndex(v)];
  return mine ? mine->isTouched(inBrick(v)) : m_from.isTouched(v);
}

bool LabelMapEditor::set(IndexIjk v, StructureId id, bool touched) {
  if (at(v) == id && isTouched(v) == touched)
    return false;
  const std::size_t b = m_from.brickIndex(v);
  auto& mine = m_changed[b];
  if (!mine)
    mine = m_from.bricks()[b] ? std::make_unique<LabelBrick>(*m_from.bricks()[b])
                              : std::make_unique<LabelBrick>();
  const std::size_t o = inBrick(v);
  mine->ids[o] = id.value;
  mine->setTouched(o, touched);
  return true;
}

LabelMap LabelMapEditor::finish() && {
  std::vector<std::pair<std::size_t, BrickPtr>> changed;
  for (std::size_t b = 0; b < m_changed.size(); ++b) {
    if (!m_changed[b])
      continue;
    const BrickPtr& old = m_from.bricks()[b];
    if (old ? *old == *m_changed[b] : m_changed[b]->isEmpty())
      continue;
    changed.emplace_back(b, BrickPtr(std::move(m_changed[b])));
  }
  return changed.empty() ? m_from : m_from.withBricks(changed);
}

} // namespace spondyl

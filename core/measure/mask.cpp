#include "core/measure/mask.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace spondyl {

std::uint64_t mixBits(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ull;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

std::uint64_t revisionOf(double value) {
  return mixBits(std::bit_cast<std::uint64_t>(value) + 0x632be59bd9b4e019ull);
}

std::uint64_t revisionOf(PointLps p) {
  return combine(combine(revisionOf(p.x), revisionOf(p.y)), revisionOf(p.z));
}

std::uint64_t revisionOf(const Grid& grid) {
  std::uint64_t h = combine(std::uint64_t(grid.size().i),
                            combine(std::uint64_t(grid.size().j), std::uint64_t(grid.size().k)));
  h = combine(h, revisionOf(grid.origin()));
  for (const VectorLps s : {grid.stepI(), grid.stepJ(), grid.stepK()})
    h = combine(h, revisionOf(PointLps{s.x, s.y, s.z}));
  return h;
}

namespace {

void addTo(StructureVoxels& total, const StructureVoxels& part) {
  total.count += part.count;
  total.box.include(part.box.low);
  total.box.include(part.box.high);
  total.sumI += part.sumI;
  total.sumJ += part.sumJ;
  total.sumK += part.sumK;
  total.revision += part.revision; // a sum: the order of bricks does not matter
}

/// Counts, in voxels of the brick; boxes relative to it.
MaskIndex::Summary summarizeBrick(const LabelBrick& brick, IndexIjk size) {
  MaskIndex::Summary out;
  std::uint16_t lastId = 0;
  StructureVoxels* last = nullptr;
  for (std::size_t at = 0; at < LabelBrick::count; ++at) {
    const std::uint16_t id = brick.ids[at];
    if (id == 0)
      continue;
    const IndexIjk v{int(at) % LabelBrick::edge, int(at) / LabelBrick::edge % LabelBrick::edge,
                     int(at) / (LabelBrick::edge * LabelBrick::edge)};
    if (v.i >= size.i || v.j >= size.j || v.k >= size.k)
      continue;
    if (id != lastId || !last) {
      last = &out[id];
      lastId = id;
    }
    ++last->count;
    last->box.include(v);
    last->sumI += v.i;
    last->sumJ += v.j;
    last->sumK += v.k;
    last->revision += mixBits(at + 1);
  }
  return out;
}

} // namespace

const MaskIndex::Summary& MaskIndex::ofBrick(const LabelMap& map, std::size_t b) {
  const BrickPtr& brick = map.bricks()[b];
  auto [entry, isNew] = m_bricks.try_emplace(brick.get());
  if (isNew) {
    const IndexBox box = brickBox(map.grid(), map.brickCounts(), b);
    entry->second.keep = brick;
    entry->second.summary = summarizeBrick(
        *brick, {box.high.i - box.low.i + 1, box.high.j - box.low.j + 1, box.high.k - box.low.k + 1});
    ++m_bricksRead;
  }
  entry->second.used = true;
  return entry->second.summary;
}

MaskIndex::Summary MaskIndex::summarize(const LabelMap& map) {
  Summary out;
  for (std::size_t b = 0; b < map.bricks().size(); ++b) {
    if (!map.bricks()[b])
      continue;
    const IndexIjk low = brickBox(map.grid(), map.brickCounts(), b).low;
    for (const auto& [id, part] : ofBrick(map, b)) {
      StructureVoxels moved = part;
      const auto shift = [&](IndexIjk v) { return IndexIjk{v.i + low.i, v.j + low.j, v.k + low.k}; };
      moved.box = {shift(part.box.low), shift(part.box.high)};
      moved.sumI += double(low.i) * double(part.count);
      moved.sumJ += double(low.j) * double(part.count);
      moved.sumK += double(low.k) * double(part.count);
      moved.revision = combine(part.revision, b);
      addTo(out[id], moved);
    }
  }
  return out;
}

std::uint64_t MaskIndex::revisionNear(const LabelMap& map, const std::vector<StructureId>& ids,
                                      IndexBox box) {
  std::uint64_t revision = 0;
  for (std::size_t b = 0; b < map.bricks().size(); ++b) {
    if (!map.bricks()[b])
      continue;
    const IndexBox own = brickBox(map.grid(), map.brickCounts(), b);
    if (own.high.i < box.low.i || own.high.j < box.low.j || own.high.k < box.low.k ||
        own.low.i > box.high.i || own.low.j > box.high.j || own.low.k > box.high.k)
      continue;
    const Summary& summary = ofBrick(map, b);
    for (const StructureId id : ids)
      if (const auto it = summary.find(id.value); it != summary.end())
        revision += combine(combine(it->second.revision, b), id.value);
  }
  return revision;
}

void MaskIndex::dropUnused() {
  std::erase_if(m_bricks, [](const auto& entry) { return !entry.second.used; });
  for (auto& [brick, entry] : m_bricks)
    entry.used = false;
}

LocalMask::LocalMask(const LabelMap& map, const std::vector<StructureId>& ids, IndexBox box)
    : m_grid(map.grid()), m_box(box) {
  if (box.isEmpty() || ids.empty())
    return;
  m_low = {box.low.i - 1, box.low.j - 1, box.low.k - 1};
  m_n[0] = box.high.i - box.low.i + 3;
  m_n[1] = box.high.j - box.low.j + 3;
  m_n[2] = box.high.k - box.low.k + 3;
  m_inside.assign(std::size_t(m_n[0]) * std::size_t(m_n[1]) * std::size_t(m_n[2]), 0);
  std::vector<std::uint16_t> row(std::size_t(m_n[0] - 2));
  for (int k = 1; k + 1 < m_n[2]; ++k)
    for (int j = 1; j + 1 < m_n[1]; ++j) {
      map.readRow(box.low.i, j + m_low.j, k + m_low.k, row);
      std::uint8_t* out =
          &m_inside[(std::size_t(k) * std::size_t(m_n[1]) + std::size_t(j)) * std::size_t(m_n[0]) + 1];
      for (std::size_t i = 0; i < row.size(); ++i)
        for (const StructureId id : ids)
          if (row[i] == id.value)
            out[i] = 1;
    }
}

void LocalMask::set(IndexIjk v, bool on) {
  const int i = v.i - m_low.i, j = v.j - m_low.j, k = v.k - m_low.k;
  m_inside[(std::size_t(k) * std::size_t(m_n[1]) + std::size_t(j)) * std::size_t(m_n[0]) + std::size_t(i)] =
      on ? 1 : 0;
}

double LocalMask::occupancy(PointIjk p) const {
  const double x = p.i - m_low.i, y = p.j - m_low.j, z = p.k - m_low.k;
  if (x < 0 || y < 0 || z < 0 || x >= m_n[0] - 1 || y >= m_n[1] - 1 || z >= m_n[2] - 1)
    return 0;
  const int i = int(x), j = int(y), k = int(z);
  const double a = x - i, b = y - j, c = z - k;
  const std::size_t rowStep = std::size_t(m_n[0]), sliceStep = rowStep * std::size_t(m_n[1]);
  const std::uint8_t* at = &m_inside[std::size_t(k) * sliceStep + std::size_t(j) * rowStep + std::size_t(i)];
  const auto row = [&](const std::uint8_t* r) { return r[0] + (double(r[1]) - r[0]) * a; };
  const double near = row(at) + (row(at + rowStep) - row(at)) * b;
  const std::uint8_t* next = at + sliceStep;
  const double far = row(next) + (row(next + rowStep) - row(next)) * b;
  return near + (far - near) * c;
}

std::size_t LocalMask::count() const {
  std::size_t n = 0;
  for (const std::uint8_t v : m_inside)
    n += v;
  return n;
}

PointLps LocalMask::centroid() const {
  double i = 0, j = 0, k = 0;
  std::size_t n = 0;
  forEach([&](IndexIjk v) {
    i += v.i;
    j += v.j;
    k += v.k;
    ++n;
  });
  if (n == 0)
    return m_grid.origin();
  return m_grid.toLps(PointIjk{i / double(n), j / double(n), k / double(n)});
}

bool LocalMask::touchesGridEdge(double nearMm) const {
  if (m_inside.empty())
    return false;
  const GridSize s = m_grid.size();
  const auto spacing = m_grid.spacing();
  const int di = int(nearMm / spacing[0]), dj = int(nearMm / spacing[1]), dk = int(nearMm / spacing[2]);
  // Only axes along which the grid has more than a few voxels can cut a structure.
  bool touches = false;
  forEach([&](IndexIjk v) {
    touches = touches || v.i <= di || v.j <= dj || v.k <= dk || v.i >= s.i - 1 - di || v.j >= s.j - 1 - dj ||
              v.k >= s.k - 1 - dk;
  });
  return touches;
}

} // namespace spondyl

#include "core/case/label_exchange.h"

#include "core/base/parallel.h"

namespace spondyl {
namespace {

/// One row of a layer on a grid that may be another than the layer's.
class RowReader {
 public:
  RowReader(const LabelMap& map, const Grid& grid)
      : m_map(map), m_grid(grid), m_same(map.grid().sameAs(grid)) {}
  void read(int j, int k, std::span<std::uint16_t> out) const {
    if (m_same) {
      m_map.readRow(0, j, k, out);
      return;
    }
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = m_map.at(nearestIndex(m_map.grid().toIjk(m_grid.toLps(IndexIjk{int(i), j, k})))).value;
  }

 private:
  const LabelMap& m_map;
  const Grid& m_grid;
  bool m_same;
};

struct Written {
  std::uint16_t label = 0;
  std::uint8_t part = 0;
};

std::vector<Written> writtenById(const EffectiveCase& c) {
  std::vector<Written> out(std::size_t(1) << 16);
  for (const Structure& s : c.structures.all()) {
    Written& w = out[s.id.value];
    w.label = static_cast<std::uint16_t>(exportLabel(s, c.chain));
    if (s.part == Part::VertebralBody)
      w.part = 49;
    if (s.part == Part::PosteriorElements)
      w.part = 41;
    if (isVertebral(s.part) && w.label == labelOf(Level::C1))
      w.part = 41;
  }
  return out;
}

int canalRank(std::uint16_t label) {
  return label == 60 ? 3 : label == 62 ? 2 : label == 61 ? 1 : 0;
}

} // namespace

LabelVolumes exportLabels(const EffectiveCase& c, const Grid& grid) {
  const GridSize n = grid.size();
  LabelVolumes out{std::vector<std::uint16_t>(n.count()), std::vector<std::uint8_t>(n.count())};
  const std::vector<Written> written = writtenById(c);
  for (const LayerKind kind : {LayerKind::BoneAndDisc, LayerKind::CanalContents})
    for (const LabelLayer& layer : c.layers) {
      if (layer.kind != kind)
        continue;
      const RowReader reader(layer.map, grid);
      parallelFor(std::size_t(n.k), 4, [&](std::size_t from, std::size_t to) {
        std::vector<std::uint16_t> row(std::size_t(n.i));
        for (std::size_t k = from; k < to; ++k)
          for (int j = 0; j < n.j; ++j) {
            reader.read(j, int(k), row);
            const std::size_t at = grid.offset({0, j, int(k)});
            for (std::size_t i = 0; i < row.size(); ++i) {
              const Written& w = written[row[i]];
              if (w.label == 0 ||
                  (kind == LayerKind::CanalContents && canalRank(w.label) < canalRank(out.labels[at + i])))
                continue;
              out.labels[at + i] = w.label;
              out.parts[at + i] = w.part;
            }
          }
      });
    }
  return out;
}

} // namespace spondyl

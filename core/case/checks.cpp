#include "core/case/checks.h"

namespace spondyl {

std::vector<std::size_t> componentSizes(const LabelMap& map, StructureId id) {
  const IndexBox box = map.boundsOf(id);
  if (box.isEmpty())
    return {};
  const int ni = box.high.i - box.low.i + 1, nj = box.high.j - box.low.j + 1, nk = box.high.k - box.low.k + 1;
  const auto at = [&](int i, int j, int k) {
    return (std::size_t(k) * std::size_t(nj) + std::size_t(j)) * std::size_t(ni) + std::size_t(i);
  };
  std::vector<char> waits(std::size_t(ni) * std::size_t(nj) * std::size_t(nk));
  std::vector<std::uint16_t> row(std::size_t(ni), 0);
  for (int k = 0; k < nk; ++k)
    for (int j = 0; j < nj; ++j) {
      map.readRow(box.low.i, box.low.j + j, box.low.k + k, row);
      for (int i = 0; i < ni; ++i)
        waits[at(i, j, k)] = row[std::size_t(i)] == id.value;
    }
  std::vector<std::size_t> sizes;
  std::vector<IndexIjk> open;
  for (int k = 0; k < nk; ++k)
    for (int j = 0; j < nj; ++j)
      for (int i = 0; i < ni; ++i) {
        if (!waits[at(i, j, k)])
          continue;
        std::size_t size = 0;
        waits[at(i, j, k)] = 0;
        open.push_back({i, j, k});
        while (!open.empty()) {
          const IndexIjk v = open.back();
          open.pop_back();
          ++size;
          const IndexIjk around[] = {{v.i - 1, v.j, v.k}, {v.i + 1, v.j, v.k}, {v.i, v.j - 1, v.k},
                                     {v.i, v.j + 1, v.k}, {v.i, v.j, v.k - 1}, {v.i, v.j, v.k + 1}};
          for (const IndexIjk n : around) {
            const bool inside = n.i >= 0 && n.j >= 0 && n.k >= 0 && n.i < ni && n.j < nj && n.k < nk;
            if (!inside || !waits[at(n.i, n.j, n.k)])
              continue;
            waits[at(n.i, n.j, n.k)] = 0;
            open.push_back(n);
          }
        }
        sizes.push_back(size);
      }
  std::sort(sizes.rbegin(), sizes.rend());
  return sizes;
}

std::vector<ChainProblem> componentProblems(const EffectiveCase& c, double smallestMm3) {
  std::vector<ChainProblem> out;
  for (const ChainEntry& entry : c.chain.entries)
    for (const Structure& s : c.structures.all()) {
      if (s.instance != entry.instance || (s.part != Part::VertebralBody && s.part != Part::Vertebra))
        continue;
      for (const LabelLayer& layer : c.layers) {
        if (layer.kind != LayerKind::BoneAndDisc)
          continue;
        const auto sizes = componentSizes(layer.map, s.id);
        double smaller = 0;
        for (std::size_t n = 1; n < sizes.size(); ++n)
          smaller += double(sizes[n]) * layer.map.grid().voxelVolumeMm3();
        if (smaller > smallestMm3)
          out.push_back(
              {ChainProblem::Kind::SeveralComponents, entry.instance, std::to_string(sizes.size())});
      }
    }
  return out;
}

} // namespace spondyl

#include "core/validate/masks.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace spondyl {

std::map<int, LabelExtent> extentsOf(const LabelArray& labels) {
  struct Sums {
    std::size_t voxels = 0;
    double i = 0, j = 0, k = 0;
    IndexIjk low, high;
  };
  std::map<int, Sums> sums;
  const GridSize n = labels.grid.size();
  std::size_t at = 0;
  Sums* last = nullptr; // neighbours mostly have the same number
  std::uint16_t lastNumber = 0;
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i, ++at) {
        const std::uint16_t number = labels.numbers[at];
        if (number == 0)
          continue;
        if (!last || number != lastNumber) {
          const auto [entry, isNew] = sums.try_emplace(number);
          if (isNew)
            entry->second.low = entry->second.high = {i, j, k};
          last = &entry->second;
          lastNumber = number;
        }
        ++last->voxels;
        last->i += i;
        last->j += j;
        last->k += k;
        last->low = {std::min(last->low.i, i), std::min(last->low.j, j), std::min(last->low.k, k)};
        last->high = {std::max(last->high.i, i), std::max(last->high.j, j), std::max(last->high.k, k)};
      }
  std::map<int, LabelExtent> out;
  for (const auto& [number, s] : sums) {
    const double count = double(s.voxels);
    const bool edge = s.low.i == 0 || s.low.j == 0 || s.low.k == 0 || s.high.i == n.i - 1 ||
                      s.high.j == n.j - 1 || s.high.k == n.k - 1;
    out[number] = {s.voxels, labels.grid.toLps(PointIjk{s.i / count, s.j / count, s.k / count}), s.low,
                   s.high, edge};
  }
  return out;
}

std::map<std::pair<int, int>, std::size_t> overlapsOf(std::span<const std::uint16_t> a,
                                                      std::span<const std::uint16_t> b) {
  std::map<std::pair<int, int>, std::size_t> out;
  for (std::size_t v = 0; v < a.size();) {
    if (a[v] == 0 || b[v] == 0) {
      ++v;
      continue;
    }
    const std::size_t start = v;
    while (v < a.size() && a[v] == a[start] && b[v] == b[start])
      ++v;
    out[{a[start], b[start]}] += v - start;
  }
  return out;
}

double diceOf(std::size_t a, std::size_t b, std::size_t both) {
  return a + b == 0 ? 1.0 : 2.0 * double(both) / double(a + b);
}

LabelArray resampledNearest(const LabelArray& from, const Grid& to) {
  LabelArray out{to, std::vector<std::uint16_t>(to.size().count())};
  const GridSize n = to.size();
  parallelFor(std::size_t(n.k), 1, [&](std::size_t begin, std::size_t end) {
    for (int k = int(begin); k < int(end); ++k)
      for (int j = 0; j < n.j; ++j)
        for (int i = 0; i < n.i; ++i) {
          const IndexIjk there = nearestIndex(from.grid.toIjk(to.toLps(IndexIjk{i, j, k})));
          if (from.grid.contains(there))
            out.numbers[to.offset({i, j, k})] = from.numbers[from.grid.offset(there)];
        }
  });
  return out;
}

} // namespace spondyl

#include "inference/pipelines/components.h"

#include <algorithm>
#include <numeric>

namespace spondyl::inference {
namespace {

std::uint32_t rootOf(std::vector<std::uint32_t>& parent, std::uint32_t n) {
  while (parent[n] != n)
    n = parent[n] = parent[parent[n]];
  return n;
}

} // namespace

std::vector<std::vector<std::uint32_t>> componentsOf(const std::vector<std::uint32_t>& voxels,
                                                     const Shape& size, Neighbours neighbours) {
  std::vector<std::uint32_t> parent(voxels.size());
  std::iota(parent.begin(), parent.end(), 0u);
  const std::int64_t row = size[2], slice = row * size[1];
  // Each voxel is joined with those of its neighbours that come before it.
  for (int dz = -1; dz <= 0; ++dz)
    for (int dy = -1; dy <= 1; ++dy)
      for (int dx = -1; dx <= 1; ++dx) {
        const std::int64_t step = dz * slice + dy * row + dx;
        if (step >= 0 || (neighbours == Neighbours::Face && std::abs(dz) + std::abs(dy) + std::abs(dx) != 1))
          continue;
        std::size_t other = 0;
        for (std::size_t n = 0; n < voxels.size(); ++n) {
          const std::int64_t index = voxels[n], y = index % slice / row, x = index % row;
          if (index + step < 0 || y + dy < 0 || y + dy >= size[1] || x + dx < 0 || x + dx >= size[2])
            continue;
          while (other < voxels.size() && std::int64_t(voxels[other]) < index + step)
            ++other;
          if (std::int64_t(voxels[other]) == index + step)
            parent[rootOf(parent, std::uint32_t(n))] = rootOf(parent, std::uint32_t(other));
        }
      }
  std::vector<std::vector<std::uint32_t>> components;
  std::vector<std::int64_t> which(voxels.size(), -1);
  for (std::size_t n = 0; n < voxels.size(); ++n) {
    const std::uint32_t root = rootOf(parent, std::uint32_t(n));
    if (which[root] < 0) {
      which[root] = std::int64_t(components.size());
      components.emplace_back();
    }
    components[std::size_t(which[root])].push_back(voxels[n]);
  }
  std::stable_sort(components.begin(), components.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return components;
}

} // namespace spondyl::inference

#include "core/image/volume.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <sys/mman.h>

namespace spondyl {

std::size_t bytesPerVoxel(VoxelType type) {
  switch (type) {
  case VoxelType::Int16:
  case VoxelType::UInt16:
    return 2;
  case VoxelType::Float32:
    return 4;
  case VoxelType::Float64:
    break;
  }
  return 8;
}

namespace detail {
namespace {

constexpr std::size_t hugePage = std::size_t(2) << 20;

// Page faults cost more than reading a CT from the cache, so the last large block is handed on.
class Pool {
 public:
  std::byte* take(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    if (m_block && m_bytes >= bytes && m_bytes <= bytes + bytes / 2) {
      m_bytes = 0;
      std::byte* block = std::exchange(m_block, nullptr);
      std::memset(block, 0, bytes);
      return block;
    }
    return nullptr;
  }
  void giveBack(std::byte* block, std::size_t bytes) {
    std::byte* drop = block;
    {
      const std::lock_guard lock(m_mutex);
      if (bytes >= m_bytes) {
        drop = std::exchange(m_block, block);
        m_bytes = bytes;
      }
    }
    std::free(drop);
  }
  ~Pool() { std::free(m_block); }

 private:
  std::mutex m_mutex;
  std::byte* m_block = nullptr;
  std::size_t m_bytes = 0;
};

} // namespace

std::shared_ptr<std::byte> allocateVoxels(std::size_t bytes) {
  static const auto pool = std::make_shared<Pool>();
  const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + hugePage - 1) / hugePage * hugePage;
  std::byte* block = pool->take(rounded);
  if (!block) {
    block = static_cast<std::byte*>(std::aligned_alloc(hugePage, rounded));
    if (!block)
      return nullptr;
    ::madvise(block, rounded, MADV_HUGEPAGE);
    std::memset(block, 0, rounded);
  }
  return {block, [keep = pool, rounded](std::byte* p) { keep->giveBack(p, rounded); }};
}

} // namespace detail

std::shared_ptr<const Volume> Volume::withMeaning(VolumeMeaning meaning) const {
  // Volume's constructors are private, so make_shared cannot call them.
  std::shared_ptr<Volume> copy(new Volume(*this));
  copy->m_meaning = meaning;
  return copy;
}

double Volume::stored(IndexIjk at) const {
  const std::size_t o = m_grid.offset(at);
  return visitVoxels(*this, [o](auto voxels) { return static_cast<double>(voxels[o]); });
}

std::optional<double> Volume::valueAt(PointLps p) const {
  const PointIjk c = m_grid.toIjk(p);
  const GridSize n = m_grid.size();
  constexpr double slack = 1e-9;
  if (!(c.i >= -slack && c.j >= -slack && c.k >= -slack && c.i <= n.i - 1 + slack && c.j <= n.j - 1 + slack &&
        c.k <= n.k - 1 + slack))
    return std::nullopt;
  const auto split = [](double x, int size) {
    const int base = std::min(std::max(0, static_cast<int>(std::floor(x))), std::max(0, size - 2));
    return std::pair{base, x - base};
  };
  const auto [i, fi] = split(c.i, n.i);
  const auto [j, fj] = split(c.j, n.j);
  const auto [k, fk] = split(c.k, n.k);
  double sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const double w =
        ((corner & 1) ? fi : 1 - fi) * ((corner & 2) ? fj : 1 - fj) * ((corner & 4) ? fk : 1 - fk);
    if (w <= 0)
      continue;
    sum += w * stored({std::min(n.i - 1, i + (corner & 1)), std::min(n.j - 1, j + ((corner >> 1) & 1)),
                       std::min(n.k - 1, k + ((corner >> 2) & 1))});
  }
  return sum * m_rescale.slope + m_rescale.intercept;
}

Result<VolumeBuilder> VolumeBuilder::create(const Grid& grid, VoxelType type, Rescale rescale,
                                            VolumeMeaning meaning, std::optional<double> padding) {
  VolumeBuilder builder;
  // Volume's constructor is private, so make_shared cannot call it.
  builder.m_volume = std::shared_ptr<Volume>(new Volume);
  builder.m_volume->m_grid = grid;
  builder.m_volume->m_type = type;
  builder.m_volume->m_rescale = rescale;
  builder.m_volume->m_meaning = meaning;
  builder.m_volume->m_padding = padding;
  const std::size_t bytes = grid.size().count() * bytesPerVoxel(type);
  builder.m_volume->m_data = detail::allocateVoxels(bytes);
  if (!builder.m_volume->m_data)
    return fail(ErrorCode::OutOfMemory, {std::to_string(bytes >> 20), "?"}, "VolumeBuilder::create");
  builder.m_ready = std::make_shared<std::vector<std::atomic<bool>>>(std::size_t(grid.size().k));
  return builder;
}

} // namespace spondyl

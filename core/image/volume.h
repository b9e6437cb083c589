#pragma once
// Voxels of one stack: immutable once built, shared, never copied.

#include "core/base/result.h"
#include "core/geometry/grid.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace spondyl {

enum class VoxelType : std::uint8_t { Int16, UInt16, Float32, Float64 };
std::size_t bytesPerVoxel(VoxelType type);

template <class T>
constexpr VoxelType voxelTypeOf() {
  if constexpr (std::is_same_v<T, std::int16_t>)
    return VoxelType::Int16;
  else if constexpr (std::is_same_v<T, std::uint16_t>)
    return VoxelType::UInt16;
  else if constexpr (std::is_same_v<T, float>)
    return VoxelType::Float32;
  else {
    static_assert(std::is_same_v<T, double>);
    return VoxelType::Float64;
  }
}

/// What the values mean, after rescaling.
enum class VolumeMeaning : std::uint8_t { Unknown, CtHounsfield, MrSignal, Labels };

/// value = stored * slope + intercept. Slices with rescales of their own are brought to one when loading.
struct Rescale {
  double slope = 1, intercept = 0;
  bool operator==(const Rescale&) const = default;
};

namespace detail {
/// Voxel memory: 2 MiB aligned and advised for huge pages; the last big block freed is kept for the next
/// volume.
std::shared_ptr<std::byte> allocateVoxels(std::size_t bytes);
} // namespace detail

class Volume {
 public:
  const Grid& grid() const { return m_grid; }
  GridSize size() const { return m_grid.size(); }
  VoxelType voxelType() const { return m_type; }
  Rescale rescale() const { return m_rescale; }
  VolumeMeaning meaning() const { return m_meaning; }
  /// Stored value that stands for "nothing was acquired here" (Pixel Padding Value), if any.
  std::optional<double> padding() const { return m_padding; }

  /// Stored values, i fastest, then j, then k. T must be the voxel type.
  template <class T>
  std::span<const T> voxels() const {
    assert(voxelTypeOf<T>() == m_type);
    return {reinterpret_cast<const T*>(m_data.get()), m_grid.size().count()};
  }
  const std::byte* data() const { return m_data.get(); }
  std::size_t byteCount() const { return m_grid.size().count() * bytesPerVoxel(m_type); }

  /// The same voxels (shared) read as another kind of value: for files that do not say what they hold.
  std::shared_ptr<const Volume> withMeaning(VolumeMeaning meaning) const;

  double stored(IndexIjk at) const;
  /// Rescaled value; `at` must be inside.
  double value(IndexIjk at) const { return stored(at) * m_rescale.slope + m_rescale.intercept; }
  /// Trilinear, rescaled; nullopt outside the box of voxel centres.
  std::optional<double> valueAt(PointLps p) const;

 private:
  friend class VolumeBuilder;
  Volume() = default;
  Grid m_grid;
  VoxelType m_type = VoxelType::Int16;
  Rescale m_rescale;
  VolumeMeaning m_meaning = VolumeMeaning::Unknown;
  std::optional<double> m_padding;
  std::shared_ptr<std::byte> m_data;
};

using VolumePtr = std::shared_ptr<const Volume>;

/// Calls f(std::span<const T>) with the stored voxels in their own type.
template <class F>
decltype(auto) visitVoxels(const Volume& volume, F&& f) {
  switch (volume.voxelType()) {
  case VoxelType::Int16:
    return f(volume.voxels<std::int16_t>());
  case VoxelType::UInt16:
    return f(volume.voxels<std::uint16_t>());
  case VoxelType::Float32:
    return f(volume.voxels<float>());
  case VoxelType::Float64:
    break;
  }
  return f(volume.voxels<double>());
}

/// A volume being filled. Different slices may be filled from different threads. `preview()` shows the same
/// memory before it is complete (first picture early); ask `isReady(k)` before showing slice k. freeze() ends
/// it.
class VolumeBuilder {
 public:
  /// Errors: OutOfMemory. Voxels start as zero.
  static Result<VolumeBuilder> create(const Grid& grid, VoxelType type, Rescale rescale = {},
                                      VolumeMeaning meaning = VolumeMeaning::Unknown,
                                      std::optional<double> padding = std::nullopt);

  template <class T>
  std::span<T> voxels() {
    assert(voxelTypeOf<T>() == m_volume->m_type);
    return {reinterpret_cast<T*>(m_volume->m_data.get()), m_volume->m_grid.size().count()};
  }
  template <class T>
  std::span<T> slice(int k) {
    const std::size_t n = std::size_t(m_volume->m_grid.size().i) * std::size_t(m_volume->m_grid.size().j);
    return voxels<T>().subspan(std::size_t(k) * n, n);
  }
  const Volume& peek() const { return *m_volume; }
  void markReady(int k) { (*m_ready)[std::size_t(k)].store(true, std::memory_order_release); }
  bool isReady(int k) const { return (*m_ready)[std::size_t(k)].load(std::memory_order_acquire); }
  VolumePtr preview() const { return m_volume; }
  /// The finished volume; the builder must not be written to afterwards.
  VolumePtr freeze() && { return std::move(m_volume); }

 private:
  VolumeBuilder() = default;
  std::shared_ptr<Volume> m_volume;
  std::shared_ptr<std::vector<std::atomic<bool>>> m_ready;
};

} // namespace spondyl

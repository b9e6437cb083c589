#include "core/formats/voxel_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spondyl {
namespace {

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  bool whole = true, float32 = true;
  void add(double v) {
    if (std::isnan(v)) {
      whole = false;
      return;
    }
    low = std::min(low, v);
    high = std::max(high, v);
    whole = whole && std::isfinite(v) && v == std::floor(v);
    float32 = float32 && (!std::isfinite(v) || (std::abs(v) <= double(std::numeric_limits<float>::max()) &&
                                                static_cast<double>(static_cast<float>(v)) == v));
  }
};

// `value(offset)` is the rescaled value of a voxel.
template <class Disk, class Value>
Status writeAs(OutputFile& file, GridSize n, const Value& value, const JobContext& context) {
  const std::size_t perSlice = static_cast<std::size_t>(n.i) * static_cast<std::size_t>(n.j);
  std::vector<Disk> slice(perSlice);
  for (int k = 0; k < n.k; ++k) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "writeVoxels");
    for (std::size_t v = 0; v < perSlice; ++v)
      slice[v] = static_cast<Disk>(value(static_cast<std::size_t>(k) * perSlice + v));
    SPONDYL_CHECK(file.write(std::as_bytes(std::span(slice))));
    context.progress.report("write", (k + 1.0) / n.k);
  }
  return {};
}

template <class Value>
Status writeValues(OutputFile& file, GridSize n, StoredType type, const Value& value,
                   const JobContext& context) {
  switch (type) {
  case StoredType::UInt8:
    return writeAs<std::uint8_t>(file, n, value, context);
  case StoredType::Int16:
    return writeAs<std::int16_t>(file, n, value, context);
  case StoredType::UInt16:
    return writeAs<std::uint16_t>(file, n, value, context);
  case StoredType::Float32:
    return writeAs<float>(file, n, value, context);
  case StoredType::Float64:
    break;
  }
  return writeAs<double>(file, n, value, context);
}

} // namespace

StoredType smallestExactType(const Volume& volume) {
  const Rescale r = volume.rescale();
  Range range;
  visitVoxels(volume, [&](auto voxels) {
    using T = typename decltype(voxels)::value_type;
    if constexpr (sizeof(T) == 2) { // at most 65536 different values: look at each once
      std::vector<bool> seen(65536);
      for (const T v : voxels)
        seen[static_cast<std::uint16_t>(v)] = true;
      for (std::size_t word = 0; word < seen.size(); ++word)
        if (seen[word])
          range.add(static_cast<double>(static_cast<T>(word)) * r.slope + r.intercept);
    } else {
      for (const T v : voxels)
        range.add(static_cast<double>(v) * r.slope + r.intercept);
    }
  });
  if (range.whole && range.low >= 0 && range.high <= 255)
    return StoredType::UInt8;
  if (range.whole && range.low >= -32768 && range.high <= 32767)
    return StoredType::Int16;
  if (range.whole && range.low >= 0 && range.high <= 65535)
    return StoredType::UInt16;
  return range.float32 ? StoredType::Float32 : StoredType::Float64;
}

Status writeVoxels(OutputFile& file, const Volume& volume, StoredType type, const JobContext& context) {
  const Rescale r = volume.rescale();
  return visitVoxels(volume, [&](auto voxels) {
    return writeValues(
        file, volume.size(), type,
        [&](std::size_t v) { return static_cast<double>(voxels[v]) * r.slope + r.intercept; }, context);
  });
}

Status writeLabelVoxels(OutputFile& file, const Grid& grid, std::span<const std::uint16_t> numbers,
                        StoredType type, const JobContext& context) {
  if (numbers.size() != grid.size().count())
    return fail(ErrorCode::GridMismatch,
                {"labels", std::to_string(grid.size().count()), std::to_string(numbers.size())},
                "writeLabelVoxels");
  return writeValues(
      file, grid.size(), type, [&](std::size_t v) { return numbers[v]; }, context);
}

} // namespace spondyl

#include "core/formats/voxel_file.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spondyl {
namespace {

template <class F>
decltype(auto) visitType(FileType type, F&& f) {
  switch (type) {
  case FileType::UInt8:
    return f(std::uint8_t{});
  case FileType::Int8:
    return f(std::int8_t{});
  case FileType::UInt16:
    return f(std::uint16_t{});
  case FileType::Int16:
    return f(std::int16_t{});
  case FileType::UInt32:
    return f(std::uint32_t{});
  case FileType::Int32:
    return f(std::int32_t{});
  case FileType::UInt64:
    return f(std::uint64_t{});
  case FileType::Int64:
    return f(std::int64_t{});
  case FileType::Float32:
    return f(float{});
  case FileType::Float64:
    break;
  }
  return f(double{});
}

// What the values of a wide type need; narrow types need no look.
struct Needs {
  double low = 0, high = 0;
  bool whole = true, float32 = true;
};

template <class T>
void addNeeds(Needs& needs, std::span<const T> values) {
  for (const T v : values) {
    const auto d = static_cast<double>(v);
    if (!std::isfinite(d)) {
      needs.whole = false;
      continue;
    }
    needs.low = std::min(needs.low, d);
    needs.high = std::max(needs.high, d);
    needs.whole = needs.whole && d == std::floor(d);
    needs.float32 = needs.float32 && std::abs(d) <= double(std::numeric_limits<float>::max()) &&
                    static_cast<double>(static_cast<float>(d)) == d;
  }
}

VoxelType smallest(const Needs& needs) {
  if (needs.whole && needs.low >= -32768 && needs.high <= 32767)
    return VoxelType::Int16;
  if (needs.whole && needs.low >= 0 && needs.high <= 65535)
    return VoxelType::UInt16;
  return needs.float32 ? VoxelType::Float32 : VoxelType::Float64;
}

template <class T>
Result<VoxelType> chooseByValues(const VoxelFile& file, const JobContext& context) {
  SPONDYL_TRY(const std::unique_ptr<VoxelReader> source, file.open());
  const GridSize n = file.grid.size();
  std::vector<T> slice(static_cast<std::size_t>(n.i) * static_cast<std::size_t>(n.j));
  Needs needs;
  for (int k = 0; k < n.k; ++k) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "loadVoxelFile");
    SPONDYL_CHECK(source->next(std::as_writable_bytes(std::span(slice))));
    addNeeds<T>(needs, slice);
  }
  return smallest(needs);
}

Result<VoxelType> chooseType(const VoxelFile& file, const JobContext& context) {
  switch (file.type) {
  case FileType::UInt8:
  case FileType::UInt16:
    return VoxelType::UInt16;
  case FileType::Int8:
  case FileType::Int16:
    return VoxelType::Int16;
  case FileType::Float32:
    return VoxelType::Float32;
  default:
    break;
  }
  return visitType(file.type, [&](auto example) { return chooseByValues<decltype(example)>(file, context); });
}

template <class From, class To>
Status fill(VoxelReader& source, VolumeBuilder& builder, const JobContext& context,
            const LoadOptions& options) {
  const int slices = builder.peek().size().k;
  std::vector<From> slice(builder.slice<To>(0).size());
  for (int k = 0; k < slices; ++k) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "loadVoxelFile");
    const std::span<To> out = builder.slice<To>(k);
    if constexpr (std::is_same_v<From, To>) {
      SPONDYL_CHECK(source.next(std::as_writable_bytes(out)));
    } else {
      SPONDYL_CHECK(source.next(std::as_writable_bytes(std::span(slice))));
      std::transform(slice.begin(), slice.end(), out.begin(), [](From v) { return static_cast<To>(v); });
    }
    builder.markReady(k);
    if (k == slices / 2 && options.onMiddleSlice)
      options.onMiddleSlice(builder);
    context.progress.report("read", (k + 1.0) / slices);
  }
  return {};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

} // namespace

std::size_t bytesOf(FileType type) {
  return visitType(type, [](auto example) { return sizeof example; });
}

std::string nameWithout(const Path& path, std::initializer_list<std::string_view> endings) {
  std::string name = path.filename().string();
  for (const std::string_view ending : endings)
    if (name.size() > ending.size() && lower(name).ends_with(ending))
      name.resize(name.size() - ending.size());
  return name;
}

Study describeVoxelFile(const VoxelFile& file) {
  Study study;
  study.name = file.name;
  Series series;
  series.origin = SeriesOrigin::Nifti;
  series.description = study.name;
  series.sliceCount = file.grid.size().k;
  Stack stack;
  stack.grid = file.grid;
  stack.slices.push_back({file.path, {}, {}, 0, 0});
  stack.warnings = file.warnings;
  if (file.grid.size().k == 1)
    stack.refusal = fail(ErrorCode::SingleSlice, {study.name}, "describeVoxelFile");
  series.stacks.push_back(std::move(stack));
  study.series.push_back(std::move(series));
  return study;
}

Result<LoadedVolume> loadVoxelFile(const VoxelFile& file, const JobContext& context,
                                   const LoadOptions& options) {
  if (file.grid.size().k == 1 && !options.acceptSingleSlice)
    return fail(ErrorCode::SingleSlice, {file.name}, "loadVoxelFile");
  SPONDYL_TRY(const VoxelType type, chooseType(file, context));
  SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(file.grid, type, file.rescale));
  SPONDYL_TRY(const std::unique_ptr<VoxelReader> source, file.open());
  SPONDYL_CHECK(visitType(file.type, [&](auto example) -> Status {
    using From = decltype(example);
    switch (type) {
    case VoxelType::Int16:
      return fill<From, std::int16_t>(*source, builder, context, options);
    case VoxelType::UInt16:
      return fill<From, std::uint16_t>(*source, builder, context, options);
    case VoxelType::Float32:
      return fill<From, float>(*source, builder, context, options);
    case VoxelType::Float64:
      break;
    }
    return fill<From, double>(*source, builder, context, options);
  }));
  return LoadedVolume{std::move(builder).freeze(), file.warnings};
}

Result<LabelArray> labelsFrom(const Volume& volume, const Path& path) {
  LabelArray labels{volume.grid(), std::vector<std::uint16_t>(volume.size().count())};
  const Rescale r = volume.rescale();
  const bool whole = visitVoxels(volume, [&](auto voxels) {
    for (std::size_t v = 0; v < voxels.size(); ++v) {
      const double value = static_cast<double>(voxels[v]) * r.slope + r.intercept;
      if (!(value >= 0 && value <= 65535) || value != std::floor(value))
        return false;
      labels.numbers[v] = static_cast<std::uint16_t>(value);
    }
    return true;
  });
  if (!whole)
    return fail(ErrorCode::UnsupportedPixels,
                {path.string(), "label values that are no whole numbers from 0 to 65535"}, "labelsFrom");
  return labels;
}

} // namespace spondyl

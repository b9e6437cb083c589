#include "core/formats/nifti.h"
#include "core/formats/nifti_header.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <nifti2_io.h>

namespace spondyl {
namespace {

Error noGeometry(const Path& path) {
  return fail(ErrorCode::NoGeometry, {path.string()}, "readNifti");
}

// Slices of the file in order, in the file's type.
class SliceReader {
 public:
  static Result<SliceReader> open(const NiftiHeader& header) {
    SliceReader reader(header);
    reader.m_file.reset(znzopen(header.path.c_str(), "rb", nifti_is_gzfile(header.path.c_str())));
    if (!reader.m_file)
      return fail(ErrorCode::FileUnreadable, {header.path.string(), "cannot be opened"}, "readNifti");
    if (znzseek(reader.m_file.get(), static_cast<long>(header.dataAt), SEEK_SET) < 0)
      return fail(ErrorCode::Truncated, {header.path.string(), std::to_string(header.dataAt), "?"},
                  "readNifti");
    return reader;
  }

  Status next(std::span<std::byte> out) {
    if (znzread(out.data(), 1, out.size(), m_file.get()) != out.size())
      return fail(ErrorCode::Truncated, {m_header.path.string(), std::to_string(m_read + out.size()), "?"},
                  "readNifti");
    m_read += out.size();
    if (m_header.swapped && m_header.bytesPerVoxel > 1)
      nifti_swap_Nbytes(static_cast<std::int64_t>(out.size()) / m_header.bytesPerVoxel,
                        m_header.bytesPerVoxel, out.data());
    return {};
  }

 private:
  explicit SliceReader(const NiftiHeader& header) : m_header(header) {}
  struct Close {
    void operator()(znzptr* file) const { Xznzclose(&file); }
  };
  const NiftiHeader& m_header;
  std::unique_ptr<znzptr, Close> m_file;
  std::uint64_t m_read = 0;
};

template <class F>
decltype(auto) visitType(int datatype, F&& f) {
  switch (datatype) {
  case DT_UINT8:
    return f(std::uint8_t{});
  case DT_INT8:
    return f(std::int8_t{});
  case DT_INT16:
    return f(std::int16_t{});
  case DT_UINT16:
    return f(std::uint16_t{});
  case DT_INT32:
    return f(std::int32_t{});
  case DT_UINT32:
    return f(std::uint32_t{});
  case DT_INT64:
    return f(std::int64_t{});
  case DT_UINT64:
    return f(std::uint64_t{});
  case DT_FLOAT32:
    return f(float{});
  default:
    return f(double{});
  }
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
Result<VoxelType> chooseByValues(const NiftiHeader& header, const JobContext& context) {
  SPONDYL_TRY(SliceReader reader, SliceReader::open(header));
  std::vector<T> slice(static_cast<std::size_t>(header.size.i) * static_cast<std::size_t>(header.size.j));
  Needs needs;
  for (int k = 0; k < header.size.k; ++k) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "readNifti");
    SPONDYL_CHECK(reader.next(std::as_writable_bytes(std::span(slice))));
    addNeeds<T>(needs, slice);
  }
  return smallest(needs);
}

Result<VoxelType> chooseType(const NiftiHeader& header, const JobContext& context) {
  switch (header.datatype) {
  case DT_UINT8:
  case DT_UINT16:
    return VoxelType::UInt16;
  case DT_INT8:
  case DT_INT16:
    return VoxelType::Int16;
  case DT_FLOAT32:
    return VoxelType::Float32;
  default:
    break;
  }
  return visitType(header.datatype,
                   [&](auto example) { return chooseByValues<decltype(example)>(header, context); });
}

template <class From, class To>
Status fill(SliceReader& reader, VolumeBuilder& builder, const JobContext& context,
            const LoadOptions& options) {
  const int slices = builder.peek().size().k;
  std::vector<From> slice(builder.slice<To>(0).size());
  for (int k = 0; k < slices; ++k) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "readNifti");
    const std::span<To> out = builder.slice<To>(k);
    if constexpr (std::is_same_v<From, To>) {
      SPONDYL_CHECK(reader.next(std::as_writable_bytes(out)));
    } else {
      SPONDYL_CHECK(reader.next(std::as_writable_bytes(std::span(slice))));
      std::transform(slice.begin(), slice.end(), out.begin(), [](From v) { return static_cast<To>(v); });
    }
    builder.markReady(k);
    if (k == slices / 2 && options.onMiddleSlice)
      options.onMiddleSlice(builder);
    context.progress.report("read", (k + 1.0) / slices);
  }
  return {};
}

std::string stem(const Path& path) {
  std::string name = path.filename().string();
  for (const std::string_view ending : {".gz", ".GZ", ".nii", ".NII"})
    if (name.size() > ending.size() && name.ends_with(ending))
      name.resize(name.size() - ending.size());
  return name;
}

} // namespace

Result<Study> describeNifti(const Path& path) {
  SPONDYL_TRY(const NiftiHeader header, readNiftiHeader(path));
  if (!header.grid)
    return noGeometry(path);
  Study study;
  study.name = stem(path);
  Series series;
  series.origin = SeriesOrigin::Nifti;
  series.description = study.name;
  series.sliceCount = header.size.k;
  Stack stack;
  stack.grid = header.grid;
  stack.slices.push_back({path, {}, {}, 0, 0});
  if (header.volumes > 1)
    stack.warnings.push_back({WarningCode::FirstVolumeOnly, {std::to_string(header.volumes)}});
  if (header.size.k == 1)
    stack.refusal = fail(ErrorCode::SingleSlice, {study.name}, "describeNifti");
  series.stacks.push_back(std::move(stack));
  study.series.push_back(std::move(series));
  return study;
}

Result<LoadedVolume> readNifti(const Path& path, const JobContext& context, const LoadOptions& options) {
  SPONDYL_TRY(const NiftiHeader header, readNiftiHeader(path));
  if (!header.grid)
    return noGeometry(path);
  if (header.size.k == 1 && !options.acceptSingleSlice)
    return fail(ErrorCode::SingleSlice, {stem(path)}, "readNifti");
  SPONDYL_TRY(const VoxelType type, chooseType(header, context));
  SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(*header.grid, type, header.rescale));
  SPONDYL_TRY(SliceReader reader, SliceReader::open(header));
  SPONDYL_CHECK(visitType(header.datatype, [&](auto example) -> Status {
    using From = decltype(example);
    switch (type) {
    case VoxelType::Int16:
      return fill<From, std::int16_t>(reader, builder, context, options);
    case VoxelType::UInt16:
      return fill<From, std::uint16_t>(reader, builder, context, options);
    case VoxelType::Float32:
      return fill<From, float>(reader, builder, context, options);
    case VoxelType::Float64:
      break;
    }
    return fill<From, double>(reader, builder, context, options);
  }));
  LoadedVolume loaded{std::move(builder).freeze(), {}};
  if (header.volumes > 1)
    loaded.warnings.push_back({WarningCode::FirstVolumeOnly, {std::to_string(header.volumes)}});
  return loaded;
}

Result<LabelArray> readNiftiLabels(const Path& path, const JobContext& context) {
  SPONDYL_TRY(const LoadedVolume loaded, readNifti(path, context, {true, {}}));
  const Volume& volume = *loaded.volume;
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
                {path.string(), "label values that are no whole numbers from 0 to 65535"}, "readNiftiLabels");
  return labels;
}

} // namespace spondyl

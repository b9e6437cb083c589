#include "core/dicom/read_volume.h"

#include "core/base/parallel.h"
#include "core/dicom/slice_values.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>

namespace spondyl::dicom {
namespace {

// The first error of any thread; after it nothing more is begun.
class Trouble {
 public:
  void note(Error error) {
    const std::lock_guard lock(m_mutex);
    if (!m_error)
      m_error = std::move(error);
    m_any = true;
  }
  bool any() const { return m_any; }
  Error take() { return std::move(*m_error); }

 private:
  std::mutex m_mutex;
  std::optional<Error> m_error;
  std::atomic<bool> m_any{false};
};

// Middle first, then outwards: what a reader sees first is there first.
std::vector<std::size_t> middleOut(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t(0));
  const auto middle = static_cast<std::ptrdiff_t>(count / 2);
  std::stable_sort(order.begin(), order.end(), [middle](std::size_t a, std::size_t b) {
    return std::abs(static_cast<std::ptrdiff_t>(a) - middle) <
           std::abs(static_cast<std::ptrdiff_t>(b) - middle);
  });
  return order;
}

// The slices that one file holds.
struct FileSlices {
  Path file;
  std::vector<std::size_t> slices;
};

std::vector<FileSlices> byFile(const std::vector<SliceSource>& slices) {
  std::map<Path, std::size_t> seen;
  std::vector<FileSlices> files;
  for (std::size_t k = 0; k < slices.size(); ++k) {
    if (slices[k].isMissing())
      continue;
    const auto [at, isNew] = seen.try_emplace(slices[k].file, files.size());
    if (isNew)
      files.push_back({slices[k].file, {}});
    files[at->second].slices.push_back(k);
  }
  return files;
}

Status takeHeaders(const FileSlices& file, const std::vector<SliceSource>& slices, GridSize size,
                   std::vector<std::optional<ImageHeader>>& headers) {
  const auto mismatch = [&](std::string expected, std::string found) {
    return fail(ErrorCode::GridMismatch, {file.file.string(), std::move(expected), std::move(found)},
                "loadDicomVolume");
  };
  SPONDYL_TRY(std::vector<ImageHeader> all, readImageHeaders(file.file));
  for (const std::size_t k : file.slices) {
    const int frame = slices[k].frame;
    if (frame >= std::ssize(all))
      return mismatch("frame " + std::to_string(frame + 1), std::to_string(all.size()) + " frames");
    ImageHeader& header = all[static_cast<std::size_t>(frame)];
    if (header.layout.columns != size.i || header.layout.rows != size.j)
      return mismatch(std::to_string(size.i) + "x" + std::to_string(size.j),
                      std::to_string(header.layout.columns) + "x" + std::to_string(header.layout.rows));
    // Inflated bytes are kept where many frames share them; else a thousand files would not fit.
    if (file.slices.size() == 1)
      header.raw.inflated.reset();
    headers[k] = std::move(header);
  }
  return {};
}

Result<std::vector<std::optional<ImageHeader>>> readHeaders(const std::vector<SliceSource>& slices,
                                                            GridSize size, const JobContext& context) {
  std::vector<std::optional<ImageHeader>> headers(slices.size());
  const std::vector<FileSlices> files = byFile(slices);
  Trouble trouble;
  parallelFor(files.size(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end && !trouble.any() && !context.stopRequested(); ++k)
      if (auto status = takeHeaders(files[k], slices, size, headers); !status)
        return trouble.note(std::move(status).error());
  });
  if (trouble.any())
    return trouble.take();
  if (context.stopRequested())
    return fail(ErrorCode::Cancelled, {}, "loadDicomVolume");
  return headers;
}

template <class T>
T blend(T a, T b, double share) {
  const double value = (1 - share) * static_cast<double>(a) + share * static_cast<double>(b);
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::lround(value));
  else
    return static_cast<T>(value);
}

template <class T>
void blendSlices(std::span<const T> a, std::span<const T> b, double share, std::span<T> out) {
  for (std::size_t v = 0; v < out.size(); ++v)
    out[v] = blend(a[v], b[v], share);
}

template <class T>
void fillMissing(VolumeBuilder& builder, const std::vector<SliceSource>& slices) {
  for (std::size_t k = 0; k < slices.size(); ++k) {
    if (!slices[k].isMissing())
      continue;
    std::size_t low = k, high = k;
    while (slices[low].isMissing())
      --low; // the ends are never missing
    while (slices[high].isMissing())
      ++high;
    const double share = static_cast<double>(k - low) / static_cast<double>(high - low);
    blendSlices<T>(builder.slice<T>(static_cast<int>(low)), builder.slice<T>(static_cast<int>(high)), share,
                   builder.slice<T>(static_cast<int>(k)));
    builder.markReady(static_cast<int>(k));
  }
}

class Loader {
 public:
  Loader(const Series& series, const Stack& stack, const JobContext& context, const LoadOptions& options)
      : m_series(series), m_stack(stack), m_context(context), m_options(options) {}

  Result<LoadedVolume> run() {
    const bool uneven = !m_stack.resampledFrom.empty();
    const auto& slices = uneven ? m_stack.resampledFrom : m_stack.slices;
    SPONDYL_TRY(m_headers, readHeaders(slices, m_stack.grid->size(), m_context));
    m_values = chooseValues(m_headers);
    const VolumeMeaning meaning = m_series.modality == "CT"   ? VolumeMeaning::CtHounsfield
                                  : m_series.modality == "MR" ? VolumeMeaning::MrSignal
                                                              : VolumeMeaning::Unknown;
    SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(*m_stack.grid, m_values.type, m_values.rescale,
                                                             meaning, m_values.padding));
    switch (m_values.type) {
    case VoxelType::Int16:
      return fill<std::int16_t>(std::move(builder), uneven);
    case VoxelType::UInt16:
      return fill<std::uint16_t>(std::move(builder), uneven);
    case VoxelType::Float32:
      return fill<float>(std::move(builder), uneven);
    case VoxelType::Float64:
      break;
    }
    return fill<double>(std::move(builder), uneven);
  }

 private:
  template <class T>
  Result<LoadedVolume> fill(VolumeBuilder builder, bool uneven) {
    if (uneven)
      SPONDYL_CHECK(resample<T>(builder));
    else
      SPONDYL_CHECK(decodeAll<T>(builder));
    m_context.progress.report("read", 1.0);
    return LoadedVolume{std::move(builder).freeze(), m_stack.warnings};
  }

  template <class T>
  Status decodeSome(const std::vector<std::size_t>& order,
                    const std::function<std::span<T>(std::size_t)>& target,
                    const std::function<void(std::size_t)>& done) {
    Trouble trouble;
    std::atomic<std::size_t> count{0};
    parallelFor(order.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t at = begin; at < end && !trouble.any() && !m_context.stopRequested(); ++at) {
        const std::size_t k = order[at];
        if (!m_headers[k])
          continue;
        auto status = decodeValues<T>(*m_headers[k], m_values, target(k));
        if (!status)
          return trouble.note(std::move(status).error());
        done(k);
        m_context.progress.report("read",
                                  static_cast<double>(++count) / static_cast<double>(m_headers.size()));
      }
    });
    if (trouble.any())
      return trouble.take();
    if (m_context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "loadDicomVolume");
    return {};
  }

  template <class T>
  Status decodeAll(VolumeBuilder& builder) {
    const auto target = [&](std::size_t k) { return builder.slice<T>(static_cast<int>(k)); };
    const auto done = [&](std::size_t k) { builder.markReady(static_cast<int>(k)); };
    std::vector<std::size_t> order = middleOut(m_headers.size());
    std::erase_if(order, [&](std::size_t k) { return !m_headers[k]; });
    const std::vector<std::size_t> first(order.begin(), order.begin() + 1);
    SPONDYL_CHECK(decodeSome<T>(first, target, done));
    if (m_options.onMiddleSlice)
      m_options.onMiddleSlice(builder);
    order.erase(order.begin());
    SPONDYL_CHECK(decodeSome<T>(order, target, done));
    fillMissing<T>(builder, m_stack.slices);
    return {};
  }

  template <class T>
  Status resample(VolumeBuilder& builder) {
    const std::size_t count = m_headers.size();
    const GridSize size = m_stack.grid->size();
    const std::size_t voxels = static_cast<std::size_t>(size.i) * static_cast<std::size_t>(size.j);
    const Grid& grid = *m_stack.grid;
    std::vector<T> acquired(count * voxels);
    SPONDYL_CHECK(decodeSome<T>(
        middleOut(count), [&](std::size_t k) { return std::span(acquired).subspan(k * voxels, voxels); },
        [](std::size_t) {}));
    std::vector<double> at(count); // where each acquired slice lies on the grid's k
    for (std::size_t k = 0; k < count; ++k) {
      if (!m_headers[k]->position)
        return fail(ErrorCode::NoGeometry, {m_headers[k]->raw.path.string()}, "loadDicomVolume");
      at[k] = grid.toIjk(*m_headers[k]->position).k;
    }
    for (int k = 0; k < size.k; ++k) {
      const auto above = std::upper_bound(at.begin(), at.end(), static_cast<double>(k));
      const std::size_t high =
          std::min(count - 1, static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, above - at.begin())));
      const double share = std::clamp((k - at[high - 1]) / (at[high] - at[high - 1]), 0.0, 1.0);
      const std::span<const T> all(acquired);
      blendSlices<T>(all.subspan((high - 1) * voxels, voxels), all.subspan(high * voxels, voxels), share,
                     builder.slice<T>(k));
      builder.markReady(k);
    }
    return {};
  }

  const Series& m_series;
  const Stack& m_stack;
  const JobContext& m_context;
  const LoadOptions& m_options;
  std::vector<std::optional<ImageHeader>> m_headers;
  ValueRule m_values;
};

} // namespace

Result<LoadedVolume> loadDicomVolume(const Series& series, std::size_t stackIndex, const JobContext& context,
                                     const LoadOptions& options) {
  if (stackIndex >= series.stacks.size())
    return fail(ErrorCode::UnknownItem, {"stack", std::to_string(stackIndex)}, "loadDicomVolume");
  const Stack& stack = series.stacks[stackIndex];
  const auto accepted = [&](ErrorCode code) {
    return (code == ErrorCode::SingleSlice && options.acceptSingleSlice) ||
           (code == ErrorCode::ProjectionImage && options.acceptRadiograph);
  };
  if (stack.refusal && !accepted(stack.refusal->code))
    return *stack.refusal;
  if (!stack.grid)
    return fail(ErrorCode::NoGeometry, {series.uid}, "loadDicomVolume");
  return Loader(series, stack, context, options).run();
}

} // namespace spondyl::dicom

#include "inference/pipelines/uncertainty.h"

#include "core/base/parallel.h"
#include "core/base/process.h"
#include "inference/engine/sliding_window.h"
#include "inference/pipelines/network_field.h"
#include "inference/pipelines/segment.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>

namespace spondyl::inference {
namespace {

constexpr double windowOverlap = 0.25;
constexpr double airHounsfield = -300; ///< as in segmentation: a window of CT without more holds no patient
constexpr double contextMm = 32;
constexpr double mib = 1024.0 * 1024.0;

/// Mean class probabilities of a network over a window and its left-right mirrored copy; nothing but classes.
class MirroredClasses final : public Network {
 public:
  MirroredClasses(Network& inner, int classes, std::stop_token stop)
      : m_inner(inner), m_classes(classes), m_stop(std::move(stop)) {}
  int channels() const override { return m_classes; }

  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
    const std::size_t row = std::size_t(shape[2]), values = std::size_t(m_classes) * window.size();
    m_window.assign(window.begin(), window.end());
    for (auto at = m_window.begin(); at != m_window.end(); at += std::ptrdiff_t(row))
      std::reverse(at, at + std::ptrdiff_t(row));
    {
      SPONDYL_TRY(const auto plain, m_inner.run(window, shape));
      SPONDYL_CHECK(checkSize(plain, window));
      m_out.assign(plain.begin(), plain.begin() + std::ptrdiff_t(values));
    }
    if (m_stop.stop_requested())
      return fail(ErrorCode::Cancelled, {}, "uncertaintyMap");
    SPONDYL_TRY(const auto mirrored, m_inner.run(m_window, shape));
    SPONDYL_CHECK(checkSize(mirrored, window));
    for (std::size_t first = 0; first < values; first += row)
      for (std::size_t x = 0; x < row; ++x)
        m_out[first + x] = 0.5f * (m_out[first + x] + mirrored[first + row - 1 - x]);
    return std::span<const float>(m_out);
  }

 private:
  Status checkSize(std::span<const float> output, std::span<const float> window) const {
    if (output.size() == window.size() * std::size_t(m_inner.channels()))
      return {};
    return fail(ErrorCode::ModelDamaged, {"network", "its output has not the shape of its card"},
                "uncertaintyMap");
  }
  Network& m_inner;
  int m_classes;
  std::stop_token m_stop;
  std::vector<float> m_window, m_out;
};

/// Of probabilities that lie `stride` apart; they are scaled to a sum of 1 first.
float normalisedEntropy(const float* p, int classes, std::size_t stride) {
  double sum = 0, logs = 0;
  for (int c = 0; c < classes; ++c) {
    const double v = std::max(0.0, double(p[std::size_t(c) * stride]));
    sum += v;
    if (v > 0)
      logs += v * std::log(v);
  }
  if (!(sum > 0))
    return 1; // it says nothing of any class
  return float(std::clamp((std::log(sum) - logs / sum) / std::log(double(classes)), 0.0, 1.0));
}

Error shortOfMemory(double needed, double allowed) {
  return fail(ErrorCode::OutOfMemory,
              {std::to_string(std::lround(needed)), std::to_string(std::lround(allowed))}, "uncertaintyMap");
}

} // namespace

double uncertaintyMemoryMiB(const Grid& input, const ModelCard& card, std::size_t windowVoxels) {
  const auto grid = networkGrid(input, card.spacingMm);
  if (!grid)
    return 0;
  // Beside what segmenting needs: the entropy, the map, and the first pass of a window with its mirrored
  // input.
  const double field = double(grid->size().count()), window = std::min(field, double(windowVoxels));
  return estimatedMemoryMiB(input, card, windowVoxels) +
         (4 * field + 2 * double(input.size().count()) + 4 * window * (double(card.classes.size()) + 1)) /
             mib;
}

Result<ScalarMapResult> uncertaintyMap(Network& network, const ModelCard& card, const Volume& volume,
                                       const std::optional<BoxLps>& box, double memoryLimitMiB,
                                       const JobContext& job, std::span<std::uint16_t> map) {
  const double allowed = memoryLimitMiB > 0 ? memoryLimitMiB : availableMemoryMiB();
  const double input = memoryLimitMiB > 0 ? double(volume.byteCount()) / mib : 0;
  std::size_t windowVoxels = windowVoxelLimit;
  const auto needs = [&] { return input + uncertaintyMemoryMiB(volume.grid(), card, windowVoxels); };
  double needed = needs();
  while (allowed > 0 && needed > allowed && windowVoxels > leastWindowVoxels) {
    windowVoxels /= 2;
    needed = needs();
  }
  if (allowed > 0 && needed > allowed)
    return shortOfMemory(needed, allowed);
  try {
    ScalarMapResult result;
    auto last = std::chrono::steady_clock::now();
    const auto lap = [&](const char* stage) {
      const auto now = std::chrono::steady_clock::now();
      result.times.push_back({stage, std::chrono::duration<double>(now - last).count()});
      last = now;
    };
    job.progress.report("resample", 0);
    SPONDYL_TRY(CroppedField field, networkField(volume, card, job.stop));
    const BoxLps asked = box.value_or(edgesOf(field.grid));
    if (voxelsIn(field.grid, asked).isEmpty())
      return fail(ErrorCode::UnknownItem, {"box", "in the image"}, "uncertaintyMap");
    if (box) {
      const IndexBox seen =
          widened(voxelsIn(field.grid, asked), int(std::ceil(contextMm / card.spacingMm)), field.grid.size());
      SPONDYL_TRY(field, partOf(field, seen));
    }
    WindowOptions windows{windowOverlap, outsideInput(card)};
    windows.skipBelow =
        card.modality == "ct" ? normalised(airHounsfield, card.normalisation) : windows.outside;
    windows.centreShift = card.windowShift;
    windows.leastWeight = float(card.windowLeast);
    const int classes = int(card.classes.size());
    const Shape size = shapeOf(field.grid);
    const std::size_t slice = std::size_t(size[1]) * std::size_t(size[2]);
    std::vector<float> entropy(voxelCount(size));
    lap("resample");
    MirroredClasses both(network, classes, job.stop);
    const auto slide = [&] {
      return slideOver(both, field.values, size,
                       planWindows(size, card.windowShapes, card.sizeMultiple, windowOverlap, windowVoxels),
                       windows, {job.stop, job.progress.part(0.1, 0.95)},
                       [&](int z, std::span<const float> values) {
                         float* to = entropy.data() + std::size_t(z) * slice;
                         parallelFor(slice, 2048, [&](std::size_t from, std::size_t end) {
                           for (std::size_t n = from; n < end; ++n)
                             to[n] = normalisedEntropy(values.data() + n, classes, slice);
                         });
                       });
    };
    Status slid = slide();
    while (!slid && slid.error().code == ErrorCode::OutOfMemory && windowVoxels > leastWindowVoxels) {
      windowVoxels /= 2;
      slid = slide();
    }
    SPONDYL_CHECK(slid);
    lap("segment");
    job.progress.report("label", 0.95);
    SPONDYL_TRY(const CroppedField kept,
                partOf({field.grid, std::move(entropy)}, voxelsIn(field.grid, asked)));
    double sum = 0;
    for (const float value : kept.values)
      sum += value;
    result.kind = ScalarMapKind::Uncertainty;
    result.computed = edgesOf(kept.grid);
    result.mean = sum / double(kept.values.size());
    result.maximum = writeOnGrid(kept.grid, kept.values, volume.grid(), map);
    result.passes = 2;
    lap("label");
    job.progress.report("label", 1);
    return result;
  } catch (const std::bad_alloc&) {
    return shortOfMemory(needed, allowed);
  }
}

} // namespace spondyl::inference

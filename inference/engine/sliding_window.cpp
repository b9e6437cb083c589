#include "inference/engine/sliding_window.h"

#include "core/base/parallel.h"
#include "core/base/process.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>

namespace spondyl::inference {
namespace {

std::vector<int> startsAlong(int size, int window, double overlap) {
  if (size <= window)
    return {0};
  const double stride = std::max(1.0, window * (1.0 - overlap));
  const int count = int(std::ceil((size - window) / stride)) + 1;
  std::vector<int> starts;
  for (int n = 0; n < count; ++n)
    starts.push_back(int(std::lround(double(n) * (size - window) / (count - 1))));
  return starts;
}

std::vector<float> gaussian(int size, double shift) {
  std::vector<float> weights(static_cast<std::size_t>(size));
  const double centre = (size - 1) / 2.0 + shift, sigma = size / 8.0;
  for (int n = 0; n < size; ++n)
    weights[std::size_t(n)] = std::max(1e-4f, float(std::exp(-0.5 * std::pow((n - centre) / sigma, 2))));
  return weights;
}

/// Sums of one row of windows (along z), and what of them is not finished yet.
class Accumulator {
 public:
  Accumulator(int channels, const Shape& field, const Shape& window, const WindowOptions& options)
      : m_channels(channels), m_field(field), m_depth(std::min(field[0], window[0])),
        m_slice(std::size_t(field[1]) * std::size_t(field[2])),
        m_sums(std::size_t(channels) * std::size_t(m_depth) * m_slice),
        m_weights(std::size_t(m_depth) * m_slice), m_least(options.leastWeight) {
    for (std::size_t a = 0; a < 3; ++a)
      m_gauss[a] = gaussian(window[a], window[a] % 2 == 0 ? options.centreShift : 0.0);
  }

  /// False if the output holds a value that is no number.
  bool add(std::span<const float> output, const Shape& window, const Shape& at) {
    const int depth = std::min(window[0], m_field[0] - at[0]), rows = std::min(window[1], m_field[1] - at[1]),
              columns = std::min(window[2], m_field[2] - at[2]);
    std::atomic<bool> finite{true};
    parallelFor(std::size_t(depth), 4, [&](std::size_t from, std::size_t to) {
      for (std::size_t z = from; z < to; ++z)
        for (int y = 0; y < rows; ++y) {
          const std::size_t row = (z + std::size_t(at[0] - m_base)) * m_slice +
                                  std::size_t(at[1] + y) * std::size_t(m_field[2]) + std::size_t(at[2]);
          const float zy = m_gauss[0][z] * m_gauss[1][std::size_t(y)];
          for (int x = 0; x < columns; ++x)
            m_weights[row + std::size_t(x)] += std::max(m_least, zy * m_gauss[2][std::size_t(x)]);
          for (int c = 0; c < m_channels; ++c) {
            const float* in =
                output.data() +
                ((std::size_t(c) * std::size_t(window[0]) + z) * std::size_t(window[1]) + std::size_t(y)) *
                    std::size_t(window[2]);
            float* sum = m_sums.data() + std::size_t(c) * std::size_t(m_depth) * m_slice + row;
            float all = 0;
            for (int x = 0; x < columns; ++x) {
              const float value = std::max(m_least, zy * m_gauss[2][std::size_t(x)]) * in[x];
              sum[x] += value;
              all += value;
            }
            if (!std::isfinite(all))
              finite = false;
          }
        }
    });
    return finite;
  }

  /// Hands out slices up to `end` and forgets them.
  void finish(int end, const SliceSink& sink) {
    std::vector<float> values(std::size_t(m_channels) * m_slice);
    const std::size_t plane = std::size_t(m_depth) * m_slice;
    for (int z = m_base; z < end; ++z) {
      const std::size_t from = std::size_t(z - m_base) * m_slice;
      for (std::size_t n = 0; n < m_slice; ++n) {
        const float weight = m_weights[from + n];
        for (std::size_t c = 0; c < std::size_t(m_channels); ++c)
          values[c * m_slice + n] =
              weight > 0 ? m_sums[c * plane + from + n] / weight : (c == 0 ? 1.0f : 0.0f);
      }
      sink(z, values);
    }
    const std::size_t gone = std::size_t(end - m_base) * m_slice, kept = plane - gone;
    const auto shift = [&](float* at) {
      std::memmove(at, at + gone, kept * sizeof(float));
      std::fill(at + kept, at + plane, 0.0f);
    };
    for (std::size_t c = 0; c < std::size_t(m_channels); ++c)
      shift(m_sums.data() + c * plane);
    shift(m_weights.data());
    m_base = end;
  }

 private:
  int m_channels;
  Shape m_field;
  int m_depth, m_base = 0;
  std::size_t m_slice;
  std::vector<float> m_sums, m_weights;
  float m_least;
  std::array<std::vector<float>, 3> m_gauss;
};

/// Copies one window out of the field; false if nothing in it is above the limit.
bool cut(std::span<const float> field, const Shape& size, const Shape& at, const Shape& window,
         const WindowOptions& options, std::vector<float>& out) {
  std::fill(out.begin(), out.end(), options.outside);
  const int depth = std::min(window[0], size[0] - at[0]), rows = std::min(window[1], size[1] - at[1]),
            columns = std::min(window[2], size[2] - at[2]);
  bool anything = false;
  for (int z = 0; z < depth; ++z)
    for (int y = 0; y < rows; ++y) {
      const float* from =
          field.data() +
          (std::size_t(at[0] + z) * std::size_t(size[1]) + std::size_t(at[1] + y)) * std::size_t(size[2]) +
          std::size_t(at[2]);
      float* to =
          out.data() + (std::size_t(z) * std::size_t(window[1]) + std::size_t(y)) * std::size_t(window[2]);
      std::copy(from, from + columns, to);
      anything =
          anything || std::any_of(from, from + columns, [&](float v) { return v > options.skipBelow; });
    }
  return anything;
}

} // namespace

WindowPlan planWindows(const Shape& field, std::span<const Shape> tried, int multiple, double overlap,
                       std::size_t limit) {
  constexpr int usualSide = 64, longestSide = 192;
  constexpr std::size_t borderVoxels =
      100'000; ///< what a window's border costs in quality: fewer, larger ones win
  int shortest = usualSide;
  for (const Shape& shape : tried)
    shortest = std::min(shortest, *std::min_element(shape.begin(), shape.end()));
  shortest = (shortest + multiple - 1) / multiple * multiple;
  std::array<std::vector<int>, 3> sides;
  for (std::size_t a = 0; a < 3; ++a) {
    const int whole = (field[a] + multiple - 1) / multiple * multiple;
    for (int side = shortest; side < std::min(whole, longestSide + 1); side += multiple)
      sides[a].push_back(side);
    sides[a].push_back(whole);
  }
  WindowPlan best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const int z : sides[0])
    for (const int y : sides[1])
      for (const int x : sides[2]) {
        WindowPlan plan;
        plan.window = {z, y, x};
        // The smallest shape is taken even above the limit: there is no other.
        const bool isSmallest = z == sides[0].front() && y == sides[1].front() && x == sides[2].front();
        if (voxelCount(plan.window) > limit && !isSmallest)
          continue;
        for (std::size_t a = 0; a < 3; ++a)
          plan.starts[a] = startsAlong(field[a], plan.window[a], overlap);
        const std::size_t work = plan.windows() * (voxelCount(plan.window) + borderVoxels);
        if (work < least) {
          least = work;
          best = std::move(plan);
        }
      }
  return best;
}

Status slideOver(Network& network, std::span<const float> field, const Shape& size, const WindowPlan& plan,
                 const WindowOptions& options, const JobContext& job, const SliceSink& sink) {
  try {
    Accumulator sums(network.channels(), size, plan.window, options);
    std::vector<float> window(voxelCount(plan.window));
    std::size_t done = 0;
    job.progress.report("segment", 0);
    for (std::size_t row = 0; row < plan.starts[0].size(); ++row) {
      for (const int y : plan.starts[1])
        for (const int x : plan.starts[2]) {
          if (job.stopRequested())
            return fail(ErrorCode::Cancelled, {}, "slideOver");
          const Shape at{plan.starts[0][row], y, x};
          if (cut(field, size, at, plan.window, options, window)) {
            SPONDYL_TRY(const auto output, network.run(window, plan.window));
            if (output.size() != window.size() * std::size_t(network.channels()) ||
                !sums.add(output, plan.window, at))
              return fail(ErrorCode::ModelDamaged, {"network", "its output holds values that are no numbers"},
                          "slideOver");
          }
          job.progress.report("segment", double(++done) / double(plan.windows()));
        }
      sums.finish(row + 1 < plan.starts[0].size() ? plan.starts[0][row + 1] : size[0], sink);
    }
    return {};
  } catch (const std::bad_alloc&) {
    constexpr std::size_t mib = std::size_t(1) << 20;
    const std::size_t slab = std::size_t(std::min(size[0], plan.window[0])) * std::size_t(size[1]) *
                             std::size_t(size[2]) * std::size_t(network.channels() + 1) * sizeof(float);
    return fail(ErrorCode::OutOfMemory,
                {std::to_string(slab / mib), std::to_string(std::lround(availableMemoryMiB()))}, "slideOver");
  }
}

} // namespace spondyl::inference

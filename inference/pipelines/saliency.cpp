#include "inference/pipelines/saliency.h"

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

constexpr double smallestCubeMm = 12, reachMm = 24, contextMm = 40;
constexpr int longestSide = 112; ///< voxels; three of them stay below windowVoxelLimit
constexpr double leastFall = 0.02;
constexpr double mib = 1024.0 * 1024.0;

Error cancelled() {
  return fail(ErrorCode::Cancelled, {}, "saliencyMap");
}

std::vector<std::size_t> channelsOf(const ModelCard& card, SaliencyTarget target) {
  std::vector<std::string> names;
  switch (target) {
  case SaliencyTarget::Vertebra:
    names = {"body", "arch"};
    break;
  case SaliencyTarget::Disc:
    names = {"disc"};
    break;
  case SaliencyTarget::Sacrum:
    names = {"sacrum"};
    break;
  case SaliencyTarget::Canal:
    names = {"canal", "cord"};
    break;
  }
  std::vector<std::size_t> channels;
  for (std::size_t c = 0; c < card.classes.size(); ++c)
    if (std::find(names.begin(), names.end(), card.classes[c]) != names.end())
      channels.push_back(c);
  return channels;
}

/// Voxels of the network's grid whose centres lie in a voxel of the structure.
std::vector<IndexIjk> voxelsOf(const Grid& grid, const Grid& input, std::span<const std::uint8_t> structure) {
  std::vector<IndexIjk> out;
  const GridSize n = grid.size();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i) {
        const IndexIjk at = nearestIndex(input.toIjk(grid.toLps(IndexIjk{i, j, k})));
        if (input.contains(at) && structure[input.offset(at)] != 0)
          out.push_back({i, j, k});
      }
  return out;
}

/// At most `side` voxels along each axis, about the box's own middle.
IndexBox shortened(IndexBox box, int side) {
  const auto shorten = [side](int& low, int& high) {
    const int surplus = high - low + 1 - side;
    if (surplus > 0) {
      low += surplus / 2;
      high = low + side - 1;
    }
  };
  shorten(box.low.i, box.high.i);
  shorten(box.low.j, box.high.j);
  shorten(box.low.k, box.high.k);
  return box;
}

/// Cubes of `edge` voxels about the middle of a box, covering it.
struct Cubes {
  int edge = 1;
  IndexIjk first; ///< lowest voxel of the first cube; may lie outside the crop
  GridSize count;

  static Cubes over(const IndexBox& box, int edge) {
    Cubes cubes;
    cubes.edge = edge;
    const auto along = [edge](int low, int high, int& first, int& count) {
      const int length = high - low + 1;
      count = (length + edge - 1) / edge;
      first = low - (count * edge - length) / 2;
    };
    along(box.low.i, box.high.i, cubes.first.i, cubes.count.i);
    along(box.low.j, box.high.j, cubes.first.j, cubes.count.j);
    along(box.low.k, box.high.k, cubes.first.k, cubes.count.k);
    return cubes;
  }
  IndexBox at(IndexIjk n, GridSize limit) const {
    const IndexIjk low{first.i + n.i * edge, first.j + n.j * edge, first.k + n.k * edge};
    return {{std::max(0, low.i), std::max(0, low.j), std::max(0, low.k)},
            {std::min(limit.i, low.i + edge) - 1, std::min(limit.j, low.j + edge) - 1,
             std::min(limit.k, low.k + edge) - 1}};
  }
  /// One voxel a cube.
  Result<Grid> grid(const Grid& field) const {
    const double middle = (edge - 1) / 2.0;
    return Grid::create(count, field.toLps(PointIjk{first.i + middle, first.j + middle, first.k + middle}),
                        field.stepI() * edge, field.stepJ() * edge, field.stepK() * edge);
  }
};

/// The crop, and how sure the network is of the structure in it.
class Watched {
 public:
  Watched(Network& network, const ModelCard& card, std::vector<std::size_t> channels,
          const CroppedField& crop, const std::vector<IndexIjk>& structure)
      : m_network(network), m_channels(std::move(channels)), m_size(crop.grid.size()) {
    const auto padded = [&](int n) {
      return (n + card.sizeMultiple - 1) / card.sizeMultiple * card.sizeMultiple;
    };
    m_shape = {padded(m_size.k), padded(m_size.j), padded(m_size.i)};
    m_window.assign(voxelCount(m_shape), outsideInput(card));
    for (int k = 0; k < m_size.k; ++k)
      for (int j = 0; j < m_size.j; ++j)
        std::copy_n(crop.values.begin() + std::ptrdiff_t(crop.grid.offset({0, j, k})), m_size.i,
                    m_window.begin() + std::ptrdiff_t(place({0, j, k})));
    for (const IndexIjk v : structure)
      m_structure.push_back(place(v));
  }

  /// Mean probability of the structure, 0 to 1.
  Result<double> probability() {
    SPONDYL_TRY(const auto output, m_network.run(m_window, m_shape));
    if (output.size() != m_window.size() * std::size_t(m_network.channels()))
      return fail(ErrorCode::ModelDamaged, {"network", "its output has not the shape of its card"},
                  "saliencyMap");
    double sum = 0;
    for (const std::size_t channel : m_channels)
      for (const std::size_t at : m_structure)
        sum += double(output[channel * m_window.size() + at]);
    if (!std::isfinite(sum))
      return fail(ErrorCode::ModelDamaged, {"network", "its output holds values that are no numbers"},
                  "saliencyMap");
    return sum / double(m_structure.size());
  }

  /// Puts `value` into a box and gives what was there; false if it held that already.
  bool hide(const IndexBox& box, float value, std::vector<float>& before) {
    before.clear();
    bool changed = false;
    forRows(box, [&](float* row, int count) {
      before.insert(before.end(), row, row + count);
      changed = changed || std::any_of(row, row + count, [&](float v) { return v != value; });
      std::fill(row, row + count, value);
    });
    return changed;
  }
  void restore(const IndexBox& box, const std::vector<float>& before) {
    const float* from = before.data();
    forRows(box, [&](float* row, int count) {
      std::copy_n(from, count, row);
      from += count;
    });
  }

 private:
  std::size_t place(IndexIjk v) const {
    return (std::size_t(v.k) * std::size_t(m_shape[1]) + std::size_t(v.j)) * std::size_t(m_shape[2]) +
           std::size_t(v.i);
  }
  template <class F>
  void forRows(const IndexBox& box, F&& f) {
    for (int k = box.low.k; k <= box.high.k; ++k)
      for (int j = box.low.j; j <= box.high.j; ++j)
        f(m_window.data() + place({box.low.i, j, k}), box.high.i - box.low.i + 1);
  }
  Network& m_network;
  std::vector<std::size_t> m_channels;
  GridSize m_size;
  Shape m_shape{};
  std::vector<float> m_window;
  std::vector<std::size_t> m_structure;
};

/// Of what the images hold: their surroundings would pull the mean to that of air.
float meanOf(std::span<const float> values, float outside) {
  double sum = 0, count = 0;
  for (const float v : values)
    if (v != outside) {
      sum += v;
      ++count;
    }
  return count > 0 ? float(sum / count) : outside;
}

} // namespace

double saliencyMemoryMiB(const Grid& input, const ModelCard& card) {
  constexpr std::size_t window = std::size_t(longestSide) * longestSide * longestSide;
  return estimatedMemoryMiB(input, card, window) + 2 * double(input.size().count()) / mib;
}

Result<ScalarMapResult> saliencyMap(Network& network, const ModelCard& card, const Volume& volume,
                                    std::span<const std::uint8_t> structure, SaliencyTarget target,
                                    double memoryLimitMiB, const JobContext& job,
                                    std::span<std::uint16_t> map) {
  const double allowed = memoryLimitMiB > 0 ? memoryLimitMiB : availableMemoryMiB();
  const double needed =
      saliencyMemoryMiB(volume.grid(), card) + (memoryLimitMiB > 0 ? double(volume.byteCount()) / mib : 0);
  const auto shortOfMemory = [&] {
    return fail(ErrorCode::OutOfMemory,
                {std::to_string(std::lround(needed)), std::to_string(std::lround(allowed))}, "saliencyMap");
  };
  if (allowed > 0 && needed > allowed)
    return shortOfMemory();
  const std::vector<std::size_t> channels = channelsOf(card, target);
  if (channels.empty())
    return fail(ErrorCode::ModelUnsuitable, {card.name, "it knows no such structure"}, "saliencyMap");
  try {
    ScalarMapResult result;
    const auto begun = std::chrono::steady_clock::now();
    job.progress.report("resample", 0);
    SPONDYL_TRY(const CroppedField whole, networkField(volume, card, job.stop));
    IndexBox around;
    const std::vector<IndexIjk> found = voxelsOf(whole.grid, volume.grid(), structure);
    for (const IndexIjk v : found)
      around.include(v);
    if (around.isEmpty())
      return fail(ErrorCode::UnknownItem, {"structure", "on the network's grid"}, "saliencyMap");
    const auto voxels = [&](double mm) { return int(std::ceil(mm / card.spacingMm)); };
    const GridSize limit = whole.grid.size();
    const IndexBox seen = shortened(widened(around, voxels(contextMm), limit), longestSide);
    SPONDYL_TRY(const CroppedField crop, partOf(whole, seen));
    const GridSize size = crop.grid.size();
    std::vector<IndexIjk> watched;
    IndexBox hidden;
    for (const IndexIjk v : found) {
      const IndexIjk inside{v.i - seen.low.i, v.j - seen.low.j, v.k - seen.low.k};
      if (!crop.grid.contains(inside))
        continue;
      watched.push_back(inside);
      hidden.include(inside);
    }
    if (watched.empty())
      return fail(ErrorCode::UnknownItem, {"structure", "in the network's sight"}, "saliencyMap");
    hidden = widened(hidden, voxels(reachMm), size);
    Cubes cubes = Cubes::over(hidden, std::max(1, int(std::lround(smallestCubeMm / card.spacingMm))));
    while (cubes.count.count() > std::size_t(saliencyPassLimit))
      cubes = Cubes::over(hidden, cubes.edge + 1);
    Watched sight(network, card, channels, crop, watched);
    const float filling = meanOf(crop.values, outsideInput(card));
    if (job.stopRequested())
      return cancelled();
    SPONDYL_TRY(result.mean, sight.probability());
    const std::size_t count = cubes.count.count();
    std::vector<float> falls(count), before;
    for (std::size_t n = 0; n < count; ++n) {
      if (job.stopRequested())
        return cancelled();
      const auto ni = std::size_t(cubes.count.i), nj = std::size_t(cubes.count.j);
      const IndexBox box = cubes.at({int(n % ni), int(n / ni % nj), int(n / (ni * nj))}, size);
      if (sight.hide(box, filling, before)) { // else nothing of the image is there
        SPONDYL_TRY(const double without, sight.probability());
        falls[n] = float(std::clamp(result.mean - without, 0.0, 1.0));
        ++result.passes;
        sight.restore(box, before);
      }
      job.progress.report("segment", 0.1 + 0.85 * double(n + 1) / double(count));
    }
    job.progress.report("label", 0.95);
    SPONDYL_TRY(const Grid coarse, cubes.grid(crop.grid));
    result.kind = ScalarMapKind::Saliency;
    result.computed = edgesOf(coarse);
    result.cubeMm = cubes.edge * card.spacingMm;
    result.maximum = writeOnGrid(coarse, falls, volume.grid(), map);
    if (*std::max_element(falls.begin(), falls.end()) < leastFall)
      result.warnings.push_back("No single place decides: hiding any of them changes almost nothing.");
    result.times = {
        {"saliency", std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()}};
    job.progress.report("label", 1);
    return result;
  } catch (const std::bad_alloc&) {
    return shortOfMemory();
  }
}

} // namespace spondyl::inference

#include "inference/pipelines/label_map.h"

#include "core/anatomy/codes.h"
#include "core/base/process.h"
#include "inference/pipelines/components.h"
#include "inference/pipelines/label_map_grid.h"
#include "inference/pipelines/resample.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <new>
#include <numeric>

namespace spondyl::inference {
namespace {

/// Of all layers of one window: nnU-Net's usual 32 channels at full resolution, three to four times at once.
constexpr double networkBytesPerVoxel = 1200;
constexpr double programMiB = 250;
constexpr float noLimit = 3e38f;
constexpr double secondPlaceShare =
    0.3; ///< of a level's larger piece: a piece this large is another vertebra
constexpr double apartMm = 20, apartCervicalMm = 10; ///< if it lies so far above or below

double mebibytes(double bytes) {
  return bytes / (1024.0 * 1024.0);
}

/// nnU-Net's: evenly spread, no further apart than the overlap allows.
std::vector<int> startsAlong(int size, int window, double overlap) {
  const int count = int(std::ceil((size - window) / (window * (1 - overlap)))) + 1;
  std::vector<int> starts;
  for (int n = 0; n < count; ++n)
    starts.push_back(count == 1 ? 0 : int(std::nearbyint(double(size - window) / (count - 1) * n)));
  return starts;
}

/// Room for one window at least.
Shape paddedSize(const Shape& size, const std::array<int, 3>& patch) {
  Shape out{};
  for (std::size_t a = 0; a < 3; ++a)
    out[a] = std::max(size[a], patch[a]);
  return out;
}

WindowPlan planFor(const Shape& size, const LabelRule& rule) {
  WindowPlan plan;
  plan.window = rule.patch;
  for (std::size_t a = 0; a < 3; ++a)
    plan.starts[a] = startsAlong(size[a], rule.patch[a], rule.overlap);
  return plan;
}

/// Averages over all flips of some axes, as nnU-Net does.
class Mirrored final : public Network {
 public:
  Mirrored(Network& network, const std::vector<int>& axes) : m_network(network), m_axes(axes) {}
  int channels() const override { return m_network.channels(); }
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
    const std::size_t flips = std::size_t(1) << m_axes.size(), count = window.size();
    m_sum.assign(count * std::size_t(channels()), 0.0f);
    m_turned.resize(count);
    for (std::size_t flip = 0; flip < flips; ++flip) {
      turn(window, shape, flip, [&](std::size_t from, std::size_t to) { m_turned[to] = window[from]; });
      SPONDYL_TRY(const auto scores, m_network.run(m_turned, shape));
      if (scores.size() != m_sum.size())
        return fail(ErrorCode::ModelDamaged, {"network", "its output has not the shape of its card"},
                    "Mirrored::run");
      for (std::size_t c = 0; c < std::size_t(channels()); ++c)
        turn(window, shape, flip,
             [&](std::size_t from, std::size_t to) { m_sum[c * count + to] += scores[c * count + from]; });
    }
    for (float& value : m_sum)
      value /= float(flips);
    return std::span<const float>(m_sum);
  }

 private:
  template <class Copy>
  void turn(std::span<const float>, const Shape& shape, std::size_t flip, const Copy& copy) const {
    std::array<bool, 3> turned{};
    for (std::size_t n = 0; n < m_axes.size(); ++n)
      turned[std::size_t(m_axes[n])] = (flip >> n) & 1u;
    const auto place = [&](std::size_t axis, int at) {
      return std::size_t(turned[axis] ? shape[axis] - 1 - at : at);
    };
    std::size_t to = 0;
    for (int z = 0; z < shape[0]; ++z)
      for (int y = 0; y < shape[1]; ++y)
        for (int x = 0; x < shape[2]; ++x, ++to)
          copy((place(0, z) * std::size_t(shape[1]) + place(1, y)) * std::size_t(shape[2]) + place(2, x), to);
  }
  Network& m_network;
  const std::vector<int>& m_axes;
  std::vector<float> m_turned, m_sum;
};

/// What was not acquired becomes the least value that was; then the card's normalisation.
void normalise(TensorField& field, const LabelRule& rule, const ModelCard& card) {
  float least = noLimit;
  double sum = 0, squares = 0, count = 0;
  for (const float v : field.values)
    if (!std::isnan(v)) {
      least = std::min(least, v);
      sum += v;
      ++count;
    }
  const double mean = count > 0 ? sum / count : 0;
  for (const float v : field.values)
    if (!std::isnan(v))
      squares += (v - mean) * (v - mean);
  constexpr double smallest = 1e-8; // nnU-Net's
  const double deviation = count > 0 ? std::sqrt(squares / count) : 1;
  const Normalisation rules = rule.zScore
                                  ? Normalisation{-noLimit, noLimit, mean, std::max(deviation, smallest)}
                                  : normalisationOf(card, field.values);
  normaliseAll(field.values, rules, normalised(count > 0 ? double(least) : 0.0, rules));
}

/// The field in the middle of a larger one, as nnU-Net and MONAI pad.
TensorField padded(TensorField field, const Shape& size, float value) {
  if (size == field.size)
    return field;
  TensorField out{size, field.spacingMm, std::vector<float>(voxelCount(size), value)};
  Shape at{};
  for (std::size_t a = 0; a < 3; ++a)
    at[a] = (size[a] - field.size[a]) / 2;
  for (int z = 0; z < field.size[0]; ++z)
    for (int y = 0; y < field.size[1]; ++y)
      std::copy_n(field.values.begin() +
                      (std::ptrdiff_t(z) * field.size[1] + y) * std::ptrdiff_t(field.size[2]),
                  field.size[2],
                  out.values.begin() +
                      (std::ptrdiff_t(z + at[0]) * size[1] + y + at[1]) * std::ptrdiff_t(size[2]) + at[2]);
  return out;
}

/// The middle of a padded slice, channel by channel.
void trim(std::span<const float> slice, const Shape& from, const Shape& to, int channels,
          std::vector<float>& out) {
  out.clear();
  const int top = (from[1] - to[1]) / 2, left = (from[2] - to[2]) / 2;
  for (int c = 0; c < channels; ++c)
    for (int y = 0; y < to[1]; ++y) {
      const auto row = slice.begin() + (std::ptrdiff_t(c) * from[1] + y + top) * from[2] + left;
      out.insert(out.end(), row, row + to[2]);
    }
}

/// From the tensor's order back to the image's.
std::vector<std::uint16_t> onImage(const std::vector<std::uint16_t>& winners, const TensorBox& box,
                                   const TensorAxes& axes, const GridSize& n) {
  std::vector<std::uint16_t> out(n.count());
  const std::array<int, 3> sizes{n.i, n.j, n.k};
  const std::array<std::size_t, 3> strides{1, std::size_t(n.i), std::size_t(n.i) * std::size_t(n.j)};
  const auto offset = [&](std::size_t axis, int at) {
    const auto along = std::size_t(axes.input[axis]);
    return strides[along] * std::size_t(axes.turned[axis] ? sizes[along] - 1 - at : at);
  };
  std::size_t from = 0;
  for (int z = box.low[0]; z < box.high[0]; ++z)
    for (int y = box.low[1]; y < box.high[1]; ++y)
      for (int x = box.low[2]; x < box.high[2]; ++x)
        out[offset(0, z) + offset(1, y) + offset(2, x)] = winners[from++];
  return out;
}

std::string millilitres(double ml) {
  const long tenths = std::lround(ml * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " mL";
}

/// Vertebrae's voxels that lie where another one must be: a network may give one name to two vertebrae.
void dropSecondPlaces(std::vector<std::uint16_t>& codes, const Grid& grid,
                      std::vector<std::string>& warnings) {
  std::map<int, std::vector<std::uint32_t>> voxels;
  for (std::size_t n = 0; n < codes.size(); ++n)
    if (const auto level = levelFromLabel(codes[n]);
        level && *level != Level::Sacrum && *level != Level::Coccyx)
      voxels[codes[n]].push_back(std::uint32_t(n));
  const GridSize size = grid.size();
  const auto height = [&](const std::vector<std::uint32_t>& piece) {
    double sum = 0;
    const auto row = std::uint32_t(size.i), slice = row * std::uint32_t(size.j);
    for (const std::uint32_t v : piece)
      sum += grid.toLps(IndexIjk{int(v % row), int(v % slice / row), int(v / slice)}).z;
    return sum / double(piece.size());
  };
  for (const auto& [code, all] : voxels) {
    const auto pieces = componentsOf(all, {size.k, size.j, size.i}, Neighbours::Corner);
    const Level level = *levelFromLabel(code);
    const double apart = region(level) == Region::Cervical ? apartCervicalMm : apartMm;
    for (std::size_t p = 1; p < pieces.size(); ++p) {
      if (double(pieces[p].size()) < secondPlaceShare * double(pieces[0].size()) ||
          std::abs(height(pieces[p]) - height(pieces[0])) < apart)
        continue;
      for (const std::uint32_t v : pieces[p])
        codes[v] = 0;
      warnings.push_back("The network found " + levelName(level) + " in two places: the smaller one (" +
                         millilitres(double(pieces[p].size()) * grid.voxelVolumeMm3() / 1000) +
                         ") was left out. Check the levels.");
    }
  }
}

class Stages {
 public:
  explicit Stages(std::vector<StageTime>& times) : m_times(times) {}
  void lap(const char* stage) {
    const auto now = std::chrono::steady_clock::now();
    m_times.push_back({stage, std::chrono::duration<double>(now - m_last).count()});
    m_last = now;
  }

 private:
  std::vector<StageTime>& m_times;
  std::chrono::steady_clock::time_point m_last = std::chrono::steady_clock::now();
};

/// Numbers by voxel to structures 1, 2, ... in the maps.
void fill(SegmentResult& result, const std::vector<std::uint16_t>& codes, const LabelMaps& maps) {
  std::map<std::uint16_t, std::uint16_t> labels;
  for (const std::uint16_t code : codes)
    if (code)
      labels[code] = 0;
  for (auto& [code, label] : labels) {
    ResultStructure s;
    s.label = label = std::uint16_t(result.structures.size() + 1);
    s.code = code;
    result.structures.push_back(std::move(s));
  }
  for (std::size_t n = 0; n < codes.size(); ++n)
    if (codes[n])
      maps.boneAndDisc[n] = labels.at(codes[n]);
}

std::vector<std::uint16_t> codesOf(std::vector<std::uint16_t> winners, const LabelRule& rule,
                                   std::vector<std::string>& warnings) {
  std::vector<std::size_t> leftOut(rule.codes.size());
  for (std::uint16_t& winner : winners) {
    const int code = rule.codes[winner];
    if (code == 0 && !rule.isBackground[winner])
      ++leftOut[winner];
    winner = std::uint16_t(code);
  }
  std::string names;
  for (std::size_t c = 0; c < leftOut.size(); ++c)
    if (leftOut[c] > 0)
      names += (names.empty() ? "" : ", ") + rule.names[c] + " (" + std::to_string(leftOut[c]) + " voxels)";
  if (!names.empty())
    warnings.push_back("What the network found and Spondyl has no structure for was left out: " + names +
                       ".");
  return winners;
}

} // namespace

double estimatedLabelMemoryMiB(const Grid& input, const ModelCard& card) {
  const LabelRule& rule = *card.labels;
  const TensorAxes axes = tensorAxesFor(input, rule.axes);
  const std::array<int, 3> sizes{input.size().i, input.size().j, input.size().k};
  TensorField field;
  for (std::size_t a = 0; a < 3; ++a) {
    field.size[a] = sizes[std::size_t(axes.input[a])];
    field.spacingMm[a] = input.spacing()[std::size_t(axes.input[a])];
  }
  const Shape size = paddedSize(sizeAt(field, rule.spacingMm), rule.patch);
  const double voxels = double(input.size().count()), inside = double(voxelCount(size));
  const double channels = double(rule.codes.size()), slice = double(size[1]) * double(size[2]);
  const double window = double(rule.patch[0]) * rule.patch[1] * rule.patch[2];
  // Axis by axis: what is read and what is written, the larger ones of all steps.
  const double resampling = 4 * (voxels + inside) + 4 * std::max(voxels, inside);
  const double running = 4 * inside + 4 * (channels + 1) * rule.patch[0] * slice + 16 * channels * slice +
                         window * (networkBytesPerVoxel + 8 * channels) + 2 * voxels;
  return mebibytes(4 * voxels + std::max(resampling, running)) + programMiB;
}

Result<std::vector<std::uint16_t>> winningChannels(Network& network, const LabelRule& rule,
                                                   const ModelCard& card, const Volume& volume,
                                                   const JobContext& job) {
  job.progress.report("resample", 0);
  const TensorAxes axes = tensorAxesFor(volume.grid(), rule.axes);
  TensorField field = tensorFieldOf(volume, axes);
  const TensorBox box = rule.cropToNonzero ? nonzeroBox(field) : TensorBox{{0, 0, 0}, field.size};
  if (rule.cropToNonzero)
    field = cut(field, box);
  const Shape acquired = field.size;
  const std::array<double, 3> spacing = field.spacingMm;
  normalise(field, rule, card);
  const auto thick = [&](const auto& from, const auto& to) {
    return rule.likeNnUnet ? thickAxis(from, to) : std::nullopt;
  };
  const Shape size = sizeAt(field, rule.spacingMm);
  field = resized(std::move(field), size, rule.likeNnUnet, thick(spacing, rule.spacingMm));
  field = padded(std::move(field), paddedSize(size, rule.patch), float(rule.paddingInput));
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled, {}, "winningChannels");
  WindowOptions windows{rule.overlap, float(rule.paddingInput)};
  windows.centreShift = card.windowShift;
  windows.leastWeight = float(card.windowLeast);
  Mirrored mirrored(network, rule.mirrorAxes);
  Network& used = rule.mirrorAxes.empty() ? network : mirrored;
  WinnerMap map(network.channels(), size, acquired, thick(rule.spacingMm, spacing));
  std::vector<float> inside;
  const int before = (field.size[0] - size[0]) / 2;
  SPONDYL_CHECK(slideOver(used, field.values, field.size, planFor(field.size, rule), windows,
                          {job.stop, job.progress.part(0.1, 0.9)}, [&](int z, std::span<const float> slice) {
                            if (z < before || z >= before + size[0])
                              return;
                            trim(slice, field.size, size, network.channels(), inside);
                            map.take(z - before, inside);
                          }));
  return onImage(std::move(map).finish(), box, axes, volume.size());
}

Result<SegmentResult> segmentLabels(Network& network, const ModelCard& card, const Volume& volume,
                                    const SegmentOptions& options, const JobContext& job,
                                    const LabelMaps& maps) {
  const double allowed = options.memoryLimitMiB > 0 ? options.memoryLimitMiB : availableMemoryMiB();
  const double needed = (options.memoryLimitMiB > 0 ? mebibytes(double(volume.byteCount())) : 0) +
                        estimatedLabelMemoryMiB(volume.grid(), card);
  const Error tooLarge =
      fail(ErrorCode::OutOfMemory,
           {std::to_string(std::lround(needed)), std::to_string(std::lround(allowed))}, "segmentLabels");
  if (allowed > 0 && needed > allowed)
    return tooLarge;
  try {
    SegmentResult result;
    Stages stages(result.times);
    const LabelRule& rule = *card.labels;
    SPONDYL_TRY(std::vector<std::uint16_t> winners, winningChannels(network, rule, card, volume, job));
    stages.lap("segment");
    job.progress.report("label", 0.92);
    std::vector<std::uint16_t> codes = codesOf(std::move(winners), rule, result.warnings);
    dropSecondPlaces(codes, volume.grid(), result.warnings);
    if (job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "segmentLabels");
    fill(result, codes, maps);
    if (result.structures.empty())
      result.warnings.push_back("No spine was found.");
    stages.lap("label");
    job.progress.report("label", 1.0);
    return result;
  } catch (const std::bad_alloc&) {
    return tooLarge;
  }
}

} // namespace spondyl::inference

#include "inference/pipelines/landmark_heatmaps.h"

#include "inference/pipelines/resample.h"

#include <algorithm>
#include <cmath>

namespace spondyl::inference {

namespace {

constexpr int reach = 2; ///< map voxels round a peak that its position is the mean of
constexpr float posteriorValue = 0.5f;
constexpr double airHounsfield = -1000;
constexpr std::size_t mostValuesForPercentiles = 2'000'000;

/// A vertebra's window: normalised image, then its mask.
std::vector<float> windowOf(const Volume& volume, std::span<const std::uint16_t> labels,
                            const LabelledLevel& level, const CropInput& input, const LevelCrop& crop) {
  std::vector<float> window = cropImage(volume, crop);
  normaliseAll(window, input.normalisation, input.outside);
  std::vector<float> mask = cropMask(labels, volume.grid(), level, posteriorValue, crop);
  if (input.isMr)
    for (float& share : mask)
      share = -share;
  window.insert(window.end(), mask.begin(), mask.end());
  return window;
}

bool isInside(CropPoint p, const Shape& size) {
  const auto within = [](double v, int n) { return v >= -0.5 && v <= n - 0.5; };
  return within(p.z, size[0]) && within(p.y, size[1]) && within(p.x, size[2]);
}

/// The name of a site for the vertebra itself, or for the sacrum below the last one; empty: of no use.
std::string publishedSite(const std::string& site, bool isAboveSacrum) {
  if (!site.starts_with("below."))
    return site;
  return isAboveSacrum ? "endplate." + site.substr(site.find('.') + 1) : std::string();
}

} // namespace

HeatmapPeak readHeatmap(std::span<const float> map, const Shape& crop) {
  const Shape n{crop[0] / 2, crop[1] / 2, crop[2] / 2};
  const auto highest = std::max_element(map.begin(), map.end());
  if (highest == map.end() || !std::isfinite(*highest))
    return {};
  // All relative to the larger of the highest value and 0, the value of "not in view".
  const double top = std::max(0.0, double(*highest));
  double total = std::exp(-top);
  for (const float value : map)
    total += std::exp(double(value) - top);
  const int at = int(highest - map.begin());
  const std::array<int, 3> peak{at / (n[1] * n[2]), at / n[2] % n[1], at % n[2]};
  double mass = 0, sumZ = 0, sumY = 0, sumX = 0;
  for (int z = std::max(0, peak[0] - reach); z <= std::min(n[0] - 1, peak[0] + reach); ++z)
    for (int y = std::max(0, peak[1] - reach); y <= std::min(n[1] - 1, peak[1] + reach); ++y)
      for (int x = std::max(0, peak[2] - reach); x <= std::min(n[2] - 1, peak[2] + reach); ++x) {
        const auto place = std::size_t((z * n[1] + y) * n[2] + x);
        const double share = std::exp(double(map[place]) - top);
        mass += share;
        sumZ += share * z;
        sumY += share * y;
        sumX += share * x;
      }
  // A map voxel covers two voxels of the crop: its centre lies half-way between theirs.
  const auto inCrop = [&](double sum) { return sum / mass * 2 + 0.5; };
  return {{inCrop(sumZ), inCrop(sumY), inCrop(sumX)}, mass / total};
}

CropInput cropInputOf(const ModelCard& card, const Volume& volume, bool isMr) {
  if (!isMr)
    return {false, card.normalisation, normalised(airHounsfield, card.normalisation)};
  std::vector<float> values;
  const std::size_t count = volume.size().count(), every = 1 + count / mostValuesForPercentiles;
  values.reserve(count / every + 1);
  const std::optional<double> padding = volume.padding();
  visitVoxels(volume, [&](auto voxels) {
    for (std::size_t n = 0; n < count; n += every)
      if (!(padding && double(voxels[n]) == *padding))
        values.push_back(float(double(voxels[n]) * volume.rescale().slope + volume.rescale().intercept));
    return 0;
  });
  return {true, normalisationOf(card, values), float(card.outsideValue)};
}

CropShape cropShapeOf(const ModelCard& card) {
  const LandmarkRule& rule = *card.landmarks;
  return {rule.size, {rule.origin[0], rule.origin[1], rule.origin[2]}, card.spacingMm};
}

Result<std::vector<ResultLandmark>>
findLandmarks(Network& network, const ModelCard& card, const Volume& volume, bool isMr,
              const SegmentResult& result, std::span<const std::uint16_t> labels, const JobContext& job) {
  const std::vector<std::string>& taken = isMr ? card.landmarks->sitesOnMr : card.landmarks->sitesOnCt;
  if (taken.empty())
    return std::vector<ResultLandmark>();
  const CropShape shape = cropShapeOf(card);
  const CropInput input = cropInputOf(card, volume, isMr);
  const Shape size = shape.size, window{2 * size[0], size[1], size[2]};
  const std::size_t mapVoxels = voxelCount(size) / 8;
  const std::vector<LabelledLevel> levels = labelledLevels(result, labels, volume.grid());
  const auto sacrum = std::find_if(result.vertebrae.begin(), result.vertebrae.end(),
                                   [](const ResultVertebra& v) { return v.isSacrum; });
  std::vector<ResultLandmark> out;
  for (std::size_t n = 0; n < levels.size(); ++n) {
    if (job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "findLandmarks");
    const LabelledLevel& level = levels[n];
    const LevelCrop crop{level.frame, shape};
    const std::vector<float> values = windowOf(volume, labels, level, input, crop);
    SPONDYL_TRY(const std::span<const float> maps, network.run(values, window));
    if (maps.size() != landmarkSites.size() * mapVoxels)
      return fail(ErrorCode::ModelDamaged, {card.name, "its answer has another size than its window"},
                  "findLandmarks");
    const bool isAboveSacrum = sacrum != result.vertebrae.end() && sacrum->place == level.place + 1;
    for (std::size_t s = 0; s < landmarkSites.size(); ++s) {
      if (std::find(taken.begin(), taken.end(), landmarkSites[s]) == taken.end())
        continue;
      const HeatmapPeak peak = readHeatmap(maps.subspan(s * mapVoxels, mapVoxels), size);
      const std::string site = publishedSite(landmarkSites[s], isAboveSacrum);
      if (site.empty() || peak.confidence < card.landmarks->leastConfidence || !isInside(peak.at, size))
        continue;
      const bool isOfSacrum = site.starts_with("endplate.");
      out.push_back({isOfSacrum ? sacrum->place : level.place, site, crop.toLps(peak.at), peak.confidence});
    }
    job.progress.report("landmarks", double(n + 1) / double(levels.size()));
  }
  return out;
}

} // namespace spondyl::inference

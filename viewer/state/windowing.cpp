#include "viewer/state/windowing.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double backgroundFraction = 0.06;

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)))
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out.rfind("ct", 0) == 0 ? out.substr(2) : out;
}

// A regular sample of finite, rescaled values: enough for percentiles, quick on any size.
std::vector<float> sampleOf(const Volume& volume) {
  constexpr std::size_t wanted = 400'000;
  const std::size_t n = volume.size().count();
  std::size_t step = std::max<std::size_t>(1, n / wanted);
  if (step > 1 && step % 2 == 0)
    ++step; // not in step with even row lengths
  std::vector<float> out;
  out.reserve(n / step + 1);
  const Rescale r = volume.rescale();
  visitVoxels(volume, [&](auto voxels) {
    for (std::size_t a = 0; a < n; a += step) {
      const double stored = static_cast<double>(voxels[a]);
      if (volume.padding() && stored == *volume.padding())
        continue;
      const double v = stored * r.slope + r.intercept;
      if (std::isfinite(v))
        out.push_back(static_cast<float>(v));
    }
  });
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace

const std::vector<WindowingPreset>& ctPresets() {
  static const std::vector<WindowingPreset> presets{
      {"CT bone", {400, 2000}},   {"CT soft tissue", {40, 400}}, {"CT disc", {60, 300}},
      {"CT lung", {-600, 1500}},  {"CT mediastinum", {50, 350}}, {"CT brain", {40, 80}},
      {"CT metal", {1500, 4000}},
  };
  return presets;
}

std::optional<Windowing> presetByName(std::string_view name) {
  static const std::vector<std::pair<std::string_view, std::size_t>> others{
      {"abdomen", 1}, {"soft", 1}, {"canal", 2}, {"spinesoft", 2}, {"cord", 5}};
  const std::string asked = folded(name);
  if (asked.empty())
    return std::nullopt;
  for (const auto& preset : ctPresets())
    if (folded(preset.name) == asked)
      return preset.windowing;
  for (const auto& [other, index] : others)
    if (asked == other)
      return ctPresets()[index].windowing;
  if (asked == "trabecular")
    return Windowing{300, 1200};
  return std::nullopt;
}

Windowing percentileWindowing(const Volume& volume, double low, double high) {
  const std::vector<float> sorted = sampleOf(volume);
  if (sorted.empty())
    return {0, 1};
  // Air is a few percent of the brightest tissue; dark tissue (muscle, cortex) must stay above.
  const double bright = sorted[sorted.size() * 995 / 1000];
  const double threshold = sorted.front() + backgroundFraction * (bright - sorted.front());
  const auto first = std::upper_bound(sorted.begin(), sorted.end(), static_cast<float>(threshold));
  const auto from = sorted.end() - first < 100 ? sorted.begin() : first;
  const auto at = [&](double fraction) {
    return double(from[std::ptrdiff_t(std::lround(fraction * double(sorted.end() - from - 1)))]);
  };
  const double a = at(low), b = at(high);
  if (!(b > a))
    return {a, 1};
  return {(a + b) / 2, b - a};
}

bool isCt(const Series& series, const Volume& volume) {
  if (!series.modality.empty())
    return series.modality == "CT";
  return volume.meaning() == VolumeMeaning::CtHounsfield;
}

namespace {

std::optional<Windowing> windowOfFile(const Series& series) {
  for (const auto& w : series.windows)
    if (w.width > 0)
      return Windowing{w.centre, w.width};
  return std::nullopt;
}

Windowing radiographWindowing(const Radiograph& radiograph, const Series& series, const Volume& volume) {
  Windowing w;
  if (const auto& lut = radiograph.voiLut; lut && !lut->table.empty()) {
    w.width = double(1 << lut->bits);
    w.centre = w.width / 2;
    w.curve = std::make_shared<const VoiLut>(*lut);
  } else {
    w = windowOfFile(series).value_or(percentileWindowing(volume, 0, 0.999));
  }
  w.inverted = radiograph.lowIsBright;
  return w;
}

} // namespace

const Radiograph* radiographOf(const Series& series, int stack) {
  if (stack < 0 || std::size_t(stack) >= series.stacks.size())
    return nullptr;
  const auto& found = series.stacks[std::size_t(stack)].radiograph;
  return found ? &*found : nullptr;
}

Windowing defaultWindowing(const Series& series, const Volume& volume, int stack) {
  if (const Radiograph* radiograph = radiographOf(series, stack))
    return radiographWindowing(*radiograph, series, volume);
  return isCt(series, volume) ? ctPresets().front().windowing : percentileWindowing(volume);
}

Windowing fileWindowing(const Series& series, const Volume& volume, int stack) {
  if (!radiographOf(series, stack))
    if (const auto own = windowOfFile(series))
      return *own;
  return defaultWindowing(series, volume, stack);
}

} // namespace spondyl::viewer

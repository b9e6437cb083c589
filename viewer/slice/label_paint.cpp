#include "viewer/slice/label_paint.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

inline std::uint32_t blend(std::uint32_t under, const LabelStyle& s, std::uint32_t alpha) {
  const std::uint32_t keep = 256 - alpha;
  const std::uint32_t rb = ((under & 0xFF00FF) * keep + (std::uint32_t(s.r) << 16 | s.b) * alpha) >> 8;
  const std::uint32_t g = ((under & 0x00FF00) * keep + (std::uint32_t(s.g) << 8) * alpha) >> 8;
  return 0xFF000000u | (rb & 0xFF00FF) | (g & 0x00FF00);
}

std::uint8_t byteOf(double v) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(v * 255), 0l, 255l));
}

constexpr double uncertainBelow = 0.5;

} // namespace

std::vector<LabelStyle> labelStyles(const EffectiveCase& shown, const ViewState& state) {
  std::vector<LabelStyle> styles(std::size_t(shown.structures.nextId()) + 1);
  if (state.labels == LabelDisplay::Off)
    return styles;
  for (const Structure& s : shown.structures.all()) {
    if (s.state == ItemState::Rejected || state.isHidden(s.id))
      continue;
    if (s.id.value >= styles.size())
      styles.resize(std::size_t(s.id.value) + 1);
    LabelStyle& style = styles[s.id.value];
    const auto rgb = structureColour(s, shown.chain);
    const bool selected = state.selected && s.instance == state.selected && isVertebral(s.part);
    const bool proposed = s.state == ItemState::Proposed;
    style.r = rgb[0];
    style.g = rgb[1];
    style.b = rgb[2];
    const bool contents = layerOf(s.part) == LayerKind::CanalContents;
    double fill =
        state.labels == LabelDisplay::FillAndOutline ? state.labelOpacity * (proposed ? 0.6 : 1.0) : 0.0;
    if (s.part == Part::PosteriorElements)
      fill *= 0.75;
    if (s.part == Part::Canal)
      fill = 0;
    if (selected)
      fill = std::min(1.0, fill * 1.5 + 0.02);
    style.fill = byteOf(fill);
    style.outline = selected ? 255 : 225;
    style.dashed = proposed || s.part == Part::Canal;
    style.hatched = s.confidence < uncertainBelow;
    // A disc belongs to the vertebra above it but has an outline of its own.
    const bool joined = isVertebral(s.part) && s.instance;
    style.group = joined ? std::uint16_t(0x8000u | s.instance.value) : s.id.value;
    if (contents)
      style.outline = 200;
  }
  return styles;
}

void paintLabels(QImage& picture, const std::vector<std::uint16_t>& ids,
                 const std::vector<LabelStyle>& styles, int outlinePixels) {
  const int w = picture.width(), h = picture.height();
  uchar* bits = picture.bits();
  const std::size_t stride = std::size_t(picture.bytesPerLine());
  const auto styleOf = [&](std::uint16_t id) -> const LabelStyle& {
    static const LabelStyle none;
    return id < styles.size() ? styles[id] : none;
  };
  const int dash = 5 * std::max(1, outlinePixels / 2);
  parallelFor(std::size_t(h), 16, [&](std::size_t begin, std::size_t end) {
    for (int y = int(begin); y < int(end); ++y) {
      auto* row = reinterpret_cast<std::uint32_t*>(bits + std::size_t(y) * stride);
      const std::uint16_t* line = ids.data() + std::size_t(y) * std::size_t(w);
      for (int x = 0; x < w; ++x) {
        const std::uint16_t id = line[x];
        if (id == 0)
          continue;
        const LabelStyle& s = styleOf(id);
        if (s.group == 0)
          continue;
        int edge = 0; // 1: between parts of one vertebra, 2: outer
        const auto look = [&](int nx, int ny, int step) {
          if (nx < 0 || ny < 0 || nx >= w || ny >= h)
            return; // no outline along the border of the view
          const std::uint16_t other = ids[std::size_t(ny) * std::size_t(w) + std::size_t(nx)];
          if (other == id)
            return;
          if (styleOf(other).group != s.group)
            edge = 2;
          else if (step == 1)
            edge = std::max(edge, 1);
        };
        for (int step = 1; step <= outlinePixels && edge < 2; ++step) {
          look(x - step, y, step);
          look(x + step, y, step);
          look(x, y - step, step);
          look(x, y + step, step);
        }
        std::uint32_t alpha = s.fill;
        if (s.hatched && (x + y) % (2 * dash) < outlinePixels)
          alpha = std::max<std::uint32_t>(alpha, 150);
        if (edge == 2 && (!s.dashed || (2 * x + y) % (3 * dash) < 2 * dash))
          alpha = s.outline;
        else if (edge == 1)
          alpha = std::max<std::uint32_t>(alpha, s.outline / 2u);
        if (alpha)
          row[x] = blend(row[x], s, alpha + (alpha >> 7));
      }
    }
  });
}

std::vector<LabelCentroid> labelCentroids(const std::vector<std::uint16_t>& ids, int width,
                                          const EffectiveCase& shown, const std::vector<LabelStyle>& styles) {
  struct Sum {
    double x = 0, y = 0;
    std::size_t n = 0;
  };
  std::vector<Sum> sums(styles.size());
  for (std::size_t p = 0; p < ids.size(); ++p) {
    const std::uint16_t id = ids[p];
    if (id == 0 || id >= sums.size() || styles[id].group == 0)
      continue;
    Sum& s = sums[id];
    s.x += double(p % std::size_t(width));
    s.y += double(p / std::size_t(width));
    ++s.n;
  }
  std::vector<LabelCentroid> out;
  for (const ChainEntry& entry : shown.chain.entries) {
    Sum body, all;
    for (const Structure& s : shown.structures.all()) {
      if (s.instance != entry.instance || s.id.value >= sums.size() || s.part == Part::Disc)
        continue;
      const Sum& one = sums[s.id.value];
      Sum& to = s.part == Part::VertebralBody ? body : all;
      to.x += one.x;
      to.y += one.y;
      to.n += one.n;
    }
    const Sum& used = body.n > 0 ? body : all;
    if (used.n > 0)
      out.push_back(
          {entry.instance, used.x / double(used.n) + 0.5, used.y / double(used.n) + 0.5, body.n + all.n});
  }
  return out;
}

} // namespace spondyl::viewer

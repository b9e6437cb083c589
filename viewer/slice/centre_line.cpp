#include "viewer/slice/centre_line.h"

#include "viewer/slice/reslice.h"

namespace spondyl::viewer {
namespace {

constexpr double stepMm = 1;
constexpr int leastPixels = 12;

// A window of a cross-section, mm from its centre.
struct Window {
  double left, right, front, back;
};
constexpr Window canalWindow{-25, 25, -5, 55}, discWindow{-30, 30, -25, 25};

template <class Is>
std::optional<PointLps> middleOf(const LabelMap& map, PointLps centre, VectorLps left, VectorLps posterior,
                                 const Window& window, Is&& is) {
  Raster raster;
  raster.origin = centre + left * window.left + posterior * window.front;
  raster.stepColumn = left * stepMm;
  raster.stepRow = posterior * stepMm;
  raster.width = int((window.right - window.left) / stepMm) + 1;
  raster.height = int((window.back - window.front) / stepMm) + 1;
  const std::vector<std::uint16_t> ids = resliceLabels(map, raster);
  double x = 0, y = 0;
  int count = 0;
  for (int r = 0; r < raster.height; ++r)
    for (int c = 0; c < raster.width; ++c)
      if (is(StructureId{ids[std::size_t(r * raster.width + c)]})) {
        x += c;
        y += r;
        ++count;
      }
  if (count < leastPixels)
    return std::nullopt;
  return raster.origin + raster.stepColumn * (x / count) + raster.stepRow * (y / count);
}

// What a label's middle is off by must not bend the line: beside it a small bend folds the picture. Keeps
// the points, but for the part of them that jumps from each to the next: (1 + lambda D'D) q = p, with D the
// second differences.
void smooth(std::vector<CentreLine::Point>& points) {
  constexpr double lambda = 4;
  const std::size_t n = points.size();
  if (n < 3)
    return;
  std::vector<std::vector<double>> m(n, std::vector<double>(n, 0.0));
  for (std::size_t a = 0; a < n; ++a)
    m[a][a] = 1;
  for (std::size_t a = 0; a + 2 < n; ++a) {
    const double d[3] = {1, -2, 1};
    for (std::size_t r = 0; r < 3; ++r)
      for (std::size_t c = 0; c < 3; ++c)
        m[a + r][a + c] += lambda * d[r] * d[c];
  }
  std::vector<VectorLps> q;
  for (const auto& p : points)
    q.push_back(p.at - PointLps{});
  for (std::size_t a = 0; a < n; ++a) // positive definite: no pivoting
    for (std::size_t b = a + 1; b < std::min(n, a + 3); ++b) {
      const double f = m[b][a] / m[a][a];
      for (std::size_t c = a; c < std::min(n, a + 3); ++c)
        m[b][c] -= f * m[a][c];
      q[b] = q[b] - q[a] * f;
    }
  for (std::size_t a = n; a-- > 0;) {
    for (std::size_t c = a + 1; c < std::min(n, a + 3); ++c)
      q[a] = q[a] - q[c] * m[a][c];
    q[a] = q[a] / m[a][a];
    points[a].at = PointLps{} + q[a];
  }
}

} // namespace

CentreLinePtr centreLine(const EffectiveCase& shown, const std::string& seriesUid,
                         const std::string& frameOfReferenceUid, CurvedAlong along) {
  std::vector<VertebraFrame> frames;
  std::vector<InstanceId> instances;
  for (const ChainEntry& entry : shown.chain.entries)
    if (const auto frame = vertebraFrame(shown, entry.instance)) {
      frames.push_back(*frame);
      instances.push_back(entry.instance);
    }
  if (frames.size() < 2)
    return nullptr;
  const bool canal = along == CurvedAlong::Canal;
  const LabelLayer* layer = shown.layerFor(seriesUid, frameOfReferenceUid,
                                           canal ? LayerKind::CanalContents : LayerKind::BoneAndDisc);
  auto line = std::make_shared<CentreLine>();
  const auto add = [&](PointLps at, VectorLps anterior) { line->points.push_back({at, anterior}); };
  const auto canalAt = [&](PointLps centre, VectorLps left, VectorLps anterior) {
    const auto isCanal = [&](StructureId id) {
      const Structure* s = id ? shown.structures.find(id) : nullptr;
      return s && (s->part == Part::Canal || s->part == Part::Cord || s->part == Part::Csf);
    };
    if (!layer)
      return;
    if (const auto middle = middleOf(layer->map, centre, left, -anterior, canalWindow, isCanal))
      add(*middle, anterior);
  };
  for (std::size_t n = 0; n < frames.size(); ++n) {
    const VertebraFrame& f = frames[n];
    if (canal)
      canalAt(f.centre, f.left, f.anterior);
    else
      add(f.centre, f.anterior);
    if (n + 1 == frames.size())
      break;
    const VertebraFrame& g = frames[n + 1];
    const PointLps between = midpoint(f.centre, g.centre);
    const VectorLps down = normalized(g.centre - f.centre), forward = f.anterior + g.anterior;
    const VectorLps anterior = normalized(forward - down * dot(forward, down));
    const VectorLps left = cross(anterior, down);
    if (canal) {
      canalAt(between, left, anterior);
    } else if (layer) {
      const InstanceId above = instances[n];
      const auto isDisc = [&](StructureId id) {
        const Structure* s = id ? shown.structures.find(id) : nullptr;
        return s && s->part == Part::Disc && s->instance == above;
      };
      if (const auto middle = middleOf(layer->map, between, left, -anterior, discWindow, isDisc))
        add(*middle, anterior);
    }
  }
  smooth(line->points);
  return line->points.size() < 2 ? nullptr : line;
}

} // namespace spondyl::viewer

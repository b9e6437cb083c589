#include "core/measure/vertebra_geometry.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

/// A body whose mask ends this near to the edge of the grid cannot be told from one that is cut.
constexpr double nearEdgeMm = 2;
/// A mask of a network may stop two of its voxels before the edge that cuts the body.
constexpr double clearOfEndsMm = 6;

/// From a mask to the nearer of the grid's edges that lie along `up`, mm.
double endGapMm(const LocalMask& mask, VectorLps up) {
  const auto axis = std::size_t(mask.grid().closestAxis(up).first);
  const IndexBox box = mask.box();
  const GridSize n = mask.grid().size();
  const std::array<int, 3> low{box.low.i, box.low.j, box.low.k}, high{box.high.i, box.high.j, box.high.k},
      size{n.i, n.j, n.k};
  return std::min(low[axis], size[axis] - 1 - high[axis]) * mask.grid().spacing()[axis];
}

void addPedicles(const LocalMask& posterior, const BodySurface& s, VertebraGeometry& g) {
  // Just behind the back wall only the pedicles join body and arch: the mask there, side by side.
  double sum[2][3] = {}, n[2] = {};
  const LocalFrame& f = s.frame;
  posterior.forEach([&](IndexIjk voxel) {
    const LocalPoint p = f.local(posterior.grid().toLps(voxel));
    const double behind = p.v - s.backAt(p.w);
    if (behind < -2 || behind > 6 || std::abs(p.u) < 3)
      return;
    const int side = p.u > 0 ? 0 : 1;
    sum[side][0] += p.u;
    sum[side][1] += p.v;
    sum[side][2] += p.w;
    ++n[side];
  });
  const double voxel = posterior.grid().voxelVolumeMm3();
  for (int side = 0; side < 2; ++side) {
    if (n[side] * voxel < 30)
      continue; // less than a pedicle's slice
    const LocalPoint p{sum[side][0] / n[side], sum[side][1] / n[side], sum[side][2] / n[side]};
    g.landmarks.push_back({side == 0 ? "pedicle.left" : "pedicle.right", f.at(p), 0.7});
  }
}

void addSpinousTip(const LocalMask& posterior, const LocalFrame& f, VertebraGeometry& g) {
  double farthest = -1e9;
  posterior.forEach([&](IndexIjk voxel) {
    const LocalPoint p = f.local(posterior.grid().toLps(voxel));
    if (std::abs(p.u) < 8)
      farthest = std::max(farthest, p.v);
  });
  if (farthest < 15)
    return; // no spinous process in the mask
  double u = 0, v = 0, w = 0, n = 0;
  posterior.forEach([&](IndexIjk voxel) {
    const LocalPoint p = f.local(posterior.grid().toLps(voxel));
    if (std::abs(p.u) >= 8 || p.v < farthest - 2)
      return;
    u += p.u;
    v += p.v;
    w += p.w;
    ++n;
  });
  g.landmarks.push_back({"spinous", f.at({u / n, farthest, w / n}), 0.7});
}

void addTrabecularRegion(const LocalMask& body, const BodySurface& s, VertebraGeometry& g) {
  constexpr double margin = 3.0;
  std::vector<VectorLps> offsets;
  for (int x = -1; x <= 1; ++x)
    for (int y = -1; y <= 1; ++y)
      for (int z = -1; z <= 1; ++z)
        if (x != 0 || y != 0 || z != 0) {
          const LocalFrame& f = s.frame;
          offsets.push_back(normalized(f.left * x + f.posterior * y + f.superior * z) * margin);
        }
  std::vector<PointIjk> offsetsIjk;
  for (const VectorLps o : offsets)
    offsetsIjk.push_back(body.grid().directionToIjk(o));
  body.forEach([&](IndexIjk voxel) {
    const PointLps at = body.grid().toLps(voxel);
    const LocalPoint p = s.frame.local(at);
    const double top = s.superior.at(p.u, p.v), bottom = s.inferior.at(p.u, p.v);
    if (std::abs(p.w - (top + bottom) / 2) > (top - bottom) / 4)
      return; // the middle half
    const double front = s.frontAt(p.w), back = s.backAt(p.w);
    if (p.v > front + (back - front) * 2 / 3)
      return;
    for (const PointIjk o : offsetsIjk)
      if (body.occupancy(PointIjk{voxel.i + o.i, voxel.j + o.j, voxel.k + o.k}) < 0.5)
        return;
    g.trabecular.push_back(at);
  });
  if (double(g.trabecular.size()) * body.grid().voxelVolumeMm3() < 100)
    g.trabecular.clear();
}

/// Of the canal within a centimetre of the body's middle.
std::optional<PointLps> canalCentre(const LocalMask& canal, PointLps body, VectorLps up) {
  VectorLps sum;
  double n = 0;
  canal.forEach([&](IndexIjk voxel) {
    const VectorLps d = canal.grid().toLps(voxel) - body;
    if (std::abs(dot(d, up)) > 10)
      return;
    sum = sum + d;
    ++n;
  });
  if (n * canal.grid().voxelVolumeMm3() < 200)
    return std::nullopt;
  return body + sum / n;
}

/// The canal's section in the mid-body plane, by straight lines half a millimetre apart.
void measureCanal(const LocalMask& canal, const BodySurface& s, VertebraGeometry& g) {
  const LocalFrame& f = s.frame;
  const double w = (s.superior.at(0, s.middleDepth) + s.inferior.at(0, s.middleDepth)) / 2;
  const double back = s.backAt(w);
  constexpr double reach = 45, cell = 0.5;
  VertebraGeometry::Canal c;
  for (double v = back - 8; v <= back + reach; v += cell) {
    const auto hit = crossings(canal, f.at({-reach, v, w}), f.left, 2 * reach, cell);
    if (!hit)
      continue;
    const double width = hit->last - hit->first;
    c.areaMm2 += width * cell;
    if (width <= c.transverseMm)
      continue;
    c.transverseMm = width;
    c.right = f.at({hit->first - reach, v, w});
    c.left = f.at({hit->last - reach, v, w});
  }
  const auto middle = crossings(canal, f.at({0, back - 8, w}), f.posterior, reach + 8, cell);
  if (!middle || c.transverseMm == 0)
    return;
  c.apMm = middle->last - middle->first;
  c.front = f.at({0, back - 8 + middle->first, w});
  c.back = f.at({0, back - 8 + middle->last, w});
  g.canal = c;
}

/// Slices thicker than 3 mm and rough surfaces make the end plates uncertain.
double confidenceOf(const BodySurface& s, const LocalMask& body) {
  const auto spacing = body.grid().spacing();
  const auto [axis, sense] = body.grid().closestAxis(s.frame.superior);
  (void)sense;
  const double along = spacing[std::size_t(axis)];
  double c = 0.97;
  c -= 0.10 * std::max(0.0, along - 1.0) / 2.0;
  c -= 0.15 * std::max(0.0, std::max(s.superior.rmsMm, s.inferior.rmsMm) - 0.5);
  return std::clamp(c, 0.2, 0.97);
}

void addBodyLandmarks(const BodySurface& s, const LocalMask& body, std::optional<Level> level,
                      VertebraGeometry& g) {
  const double confidence = confidenceOf(s, body);
  const auto add = [&](const char* site, LocalPoint p) {
    g.landmarks.push_back({site, s.frame.at(p), confidence});
  };
  // The dens hides the upper end plate of C2.
  if (level != Level::C2) {
    add("superior.anterior", s.superiorCorners.anterior);
    add("superior.middle", {0, s.middleDepth, s.superiorMiddle});
    add("superior.posterior", s.superiorCorners.posterior);
    add("superior.left", s.superiorCorners.left);
    add("superior.right", s.superiorCorners.right);
  }
  add("inferior.anterior", s.inferiorCorners.anterior);
  add("inferior.middle", {0, s.middleDepth, s.inferiorMiddle});
  add("inferior.posterior", s.inferiorCorners.posterior);
  add("inferior.left", s.inferiorCorners.left);
  add("inferior.right", s.inferiorCorners.right);
}

} // namespace

const SiteLandmark* VertebraGeometry::landmark(std::string_view site) const {
  for (const SiteLandmark& l : landmarks)
    if (l.site == site)
      return &l;
  return nullptr;
}

std::optional<double> VertebraGeometry::heightShift(std::string_view place) const {
  const auto at = place == "anterior" ? &PlateEdges::anterior
                  : place == "middle" ? &PlateEdges::middle
                                      : &PlateEdges::posterior;
  const auto &upper = superiorEdges.*at, &lower = inferiorEdges.*at;
  return upper && lower ? std::optional(*upper + *lower) : std::nullopt;
}

VertebraGeometry vertebraGeometry(const VertebraMasks& masks) {
  VertebraGeometry g;
  const LocalMask split = masks.body.isEmpty() && !masks.whole.isEmpty() && masks.level != Level::C1
                              ? bodyOfWhole(masks.whole, masks.up)
                              : LocalMask();
  g.bodyIsEstimated = !split.isEmpty();
  const LocalMask& body = g.bodyIsEstimated ? split : masks.body;
  const LocalMask& arch = !masks.posterior.isEmpty() ? masks.posterior : masks.whole;
  for (const LocalMask* m : {&masks.body, &masks.posterior, &masks.whole}) {
    g.vertebraVolumeMm3 += double(m->count()) * m->grid().voxelVolumeMm3();
    g.vertebraCut = g.vertebraCut || m->touchesGridEdge();
  }
  g.hasPosterior =
      !masks.posterior.isEmpty() || (g.bodyIsEstimated && masks.whole.count() > body.count() * 6 / 5);
  if (masks.level == Level::C1) {
    g.whyNoBody = "C1 has no body";
    return g;
  }
  if (body.isEmpty()) {
    g.whyNoBody = "the vertebral body is not labelled";
    return g;
  }
  const PointLps centre = body.centroid();
  g.landmarks.push_back({"centre", centre, 0.97});
  g.bodyVolumeMm3 = double(body.count()) * body.grid().voxelVolumeMm3();
  g.bodyCut = body.touchesGridEdge(nearEdgeMm);
  g.bodyIsClear = !g.bodyIsEstimated && !g.bodyCut && endGapMm(body, masks.up) >= clearOfEndsMm;
  // Behind the body: the canal if it is drawn, else the arch, else the patient's back.
  PointLps behind = centre + VectorLps{0, 1, 0};
  if (g.bodyIsEstimated && g.hasPosterior) {
    const double nBody = double(body.count()), nWhole = double(masks.whole.count());
    behind = centre + (masks.whole.centroid() - centre) * (nWhole / (nWhole - nBody));
  } else if (!masks.posterior.isEmpty()) {
    behind = masks.posterior.centroid();
  }
  const auto canal = canalCentre(masks.canal, centre, masks.up);
  if (canal)
    behind = *canal;
  if (g.hasPosterior || canal)
    g.dorsal = behind;
  const auto surface = fitBody(body, masks.up, behind, masks.ct);
  if (!surface) {
    g.whyNoBody = "too little of the vertebral body is labelled to see its end plates";
    return g;
  }
  g.hasBody = true;
  g.frame = surface->frame;
  g.widthMm = surface->widthMm;
  g.areaMm2 = surface->areaMm2;
  g.fitRmsMm = std::max(surface->superior.rmsMm, surface->inferior.rmsMm);
  g.heightErrorMm = std::hypot(0.3, 0.25 * voxelAlong(body.grid(), g.frame.superior), 0.5 * g.fitRmsMm);
  g.superiorEdges = surface->superiorEdges;
  g.inferiorEdges = surface->inferiorEdges;
  addBodyLandmarks(*surface, body, masks.level, g);
  if (g.hasPosterior) {
    addPedicles(arch, *surface, g);
    addSpinousTip(arch, g.frame, g);
  }
  addTrabecularRegion(body, *surface, g);
  if (canal)
    measureCanal(masks.canal, *surface, g);
  return g;
}

} // namespace spondyl

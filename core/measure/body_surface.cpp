#include "core/measure/body_surface.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

constexpr double rimKept = 0.85; // outer 15 % of the end plates discarded for osteophytes (CLINICAL §1.4)
// Of the half height, how far walls are looked at; the back wall bears fewer osteophytes.
constexpr double frontKept = 0.80, backKept = 0.85;
constexpr double plateSagWeight = 1; // of what is known of their sag beforehand, at 1 mm
constexpr double plateBend = 0.22,
                 wallBend = 0.20; // mm a mm: how steeply rims rise and flare where nothing was seen
constexpr double rounding = 0.5;  // mm that the mask's rounded edges fall short of the corner
constexpr double stairs = 0.4;    // of a voxel: what a binary mask may be off over a small place
constexpr double sagittalStrip = 8,
                 coronalStrip = 4; // mm beside the middle planes in which walls are looked at

struct Extent {
  double low[3] = {1e9, 1e9, 1e9}, high[3] = {-1e9, -1e9, -1e9};
};

Extent extentOf(const LocalMask& mask, const LocalFrame& frame) {
  Extent e;
  mask.forEach([&](IndexIjk v) {
    const LocalPoint p = frame.local(mask.grid().toLps(v));
    const double x[3] = {p.u, p.v, p.w};
    for (int a = 0; a < 3; ++a) {
      e.low[a] = std::min(e.low[a], x[a]);
      e.high[a] = std::max(e.high[a], x[a]);
    }
  });
  for (int a = 0; a < 3; ++a) {
    e.low[a] -= 1.5;
    e.high[a] += 1.5;
  }
  return e;
}

/// Heights of upper and lower surface over a square lattice of (u, v).
struct Columns {
  double step = 1, u0 = 0, v0 = 0;
  int nu = 0, nv = 0;
  std::vector<float> top, bottom; ///< w; NaN where there is no body
  bool valid(int a, int b) const {
    return a >= 0 && b >= 0 && a < nu && b < nv &&
           !std::isnan(top[std::size_t(b) * std::size_t(nu) + std::size_t(a)]);
  }
  double u(int a) const { return u0 + a * step; }
  double v(int b) const { return v0 + b * step; }
};

Columns sampleColumns(const LocalMask& mask, const LocalFrame& frame, double step) {
  const Extent e = extentOf(mask, frame);
  const auto spacing = mask.grid().spacing();
  const double along = std::clamp(0.5 * std::min({spacing[0], spacing[1], spacing[2]}), 0.25, 1.0);
  Columns c;
  c.step = step;
  c.u0 = e.low[0];
  c.v0 = e.low[1];
  c.nu = int((e.high[0] - e.low[0]) / step) + 1;
  c.nv = int((e.high[1] - e.low[1]) / step) + 1;
  c.top.assign(std::size_t(c.nu) * std::size_t(c.nv), std::nanf(""));
  c.bottom = c.top;
  std::vector<float> thickness;
  for (int b = 0; b < c.nv; ++b)
    for (int a = 0; a < c.nu; ++a) {
      const auto hit =
          crossings(mask, frame.at({c.u(a), c.v(b), e.low[2]}), frame.superior, e.high[2] - e.low[2], along);
      if (!hit)
        continue;
      const std::size_t n = std::size_t(b) * std::size_t(c.nu) + std::size_t(a);
      c.bottom[n] = float(e.low[2] + hit->first);
      c.top[n] = float(e.low[2] + hit->last);
      thickness.push_back(c.top[n] - c.bottom[n]);
    }
  if (thickness.empty())
    return c;
  // Columns much thinner than the body are its rounded edge, or a spur.
  std::nth_element(thickness.begin(), thickness.begin() + std::ptrdiff_t(thickness.size() / 2),
                   thickness.end());
  const float least = 0.4f * thickness[thickness.size() / 2];
  for (std::size_t n = 0; n < c.top.size(); ++n)
    if (!std::isnan(c.top[n]) && c.top[n] - c.bottom[n] < least)
      c.top[n] = c.bottom[n] = std::nanf("");
  return c;
}

struct Footprint {
  double u = 0, v = 0;         ///< centroid
  double uHalf = 1, vHalf = 1; ///< half extents
  std::vector<std::pair<int, int>> kept;
};

Footprint footprintWithoutRim(const Columns& c) {
  Footprint f;
  double n = 0, uLow = 1e9, uHigh = -1e9, vLow = 1e9, vHigh = -1e9;
  for (int b = 0; b < c.nv; ++b)
    for (int a = 0; a < c.nu; ++a)
      if (c.valid(a, b)) {
        f.u += c.u(a);
        f.v += c.v(b);
        uLow = std::min(uLow, c.u(a));
        uHigh = std::max(uHigh, c.u(a));
        vLow = std::min(vLow, c.v(b));
        vHigh = std::max(vHigh, c.v(b));
        ++n;
      }
  if (n == 0)
    return f;
  f.u /= n;
  f.v /= n;
  const double uMiddle = (uLow + uHigh) / 2, vMiddle = (vLow + vHigh) / 2;
  f.uHalf = std::max(1.0, (uHigh - uLow) / 2);
  f.vHalf = std::max(1.0, (vHigh - vLow) / 2);
  for (int b = 0; b < c.nv; ++b)
    for (int a = 0; a < c.nu; ++a) {
      if (!c.valid(a, b))
        continue;
      // The sag of an end plate is elliptic; the corners beside it are rim.
      const double x = (c.u(a) - uMiddle) / f.uHalf, y = (c.v(b) - vMiddle) / f.vHalf;
      if (x * x + y * y > rimKept * rimKept)
        continue;
      // Body cross-sections are star-shaped: stretched from the middle, a kept column is still on the
      // footprint.
      const double u = f.u + (c.u(a) - f.u) / rimKept, v = f.v + (c.v(b) - f.v) / rimKept;
      if (c.valid(int(std::lround((u - c.u0) / c.step)), int(std::lround((v - c.v0) / c.step))))
        f.kept.push_back({a, b});
    }
  return f;
}

/// An end plate sinks in by about a sixteenth of the body's height. One contour of a coarse staircase says
/// little of it.
SagPrior sagPrior(const Footprint& f, double heightMm, double voxelMm) {
  const double sag = heightMm / 16, u2 = f.uHalf * f.uHalf, v2 = f.vHalf * f.vHalf;
  const double weight = plateSagWeight * voxelMm * voxelMm;
  return {sag / u2, weight * 0.033 * u2 * u2, sag / v2, weight * 0.033 * v2 * v2};
}

VectorLps normalOf(const FittedSurface& s, const LocalFrame& frame) {
  return normalized(frame.superior - frame.left * s.c[1] - frame.posterior * s.c[2]);
}

struct WallStrip {
  std::vector<SurfacePoint> near, far;
};

/// Both walls along one direction, at heights away from the end plates and within `half` of the middle plane.
WallStrip strip(const LocalMask& body, const LocalFrame& f, bool sagittal, double across, double wMiddle,
                double wHalf, double half, double low, double high) {
  WallStrip out;
  for (double w = wMiddle - wHalf; w <= wMiddle + wHalf; w += 0.75)
    for (double a = across - half; a <= across + half; a += 1) {
      const PointLps from = sagittal ? f.at({a, low, w}) : f.at({low, a, w});
      const auto hit = crossings(body, from, sagittal ? f.posterior : f.left, high - low, 0.5);
      if (!hit)
        continue;
      out.near.push_back({a, w, low + hit->first});
      out.far.push_back({a, w, low + hit->last});
    }
  return out;
}

/// A wall is hollow by about a twentieth of the body's size. Its voxels show that badly where it runs along
/// the grid, and the corners lie beyond them: so it counts as known beforehand, the more the coarser the
/// voxels.
SagPrior waistPrior(double sizeMm, double halfHeight, double kept, double voxelMm) {
  const double spread = 0.089 * std::pow(kept * halfHeight, 4); // variance of w² over the wall
  return {0, 0, 0.045 * sizeMm / (halfHeight * halfHeight), 0.2 * spread * voxelMm * voxelMm};
}

double percentile(std::vector<SurfacePoint> points, double part) {
  if (points.empty())
    return 0;
  const auto at = points.begin() + std::ptrdiff_t(part * double(points.size() - 1));
  std::nth_element(points.begin(), at, points.end(),
                   [](const SurfacePoint& a, const SurfacePoint& b) { return a.height < b.height; });
  return at->height;
}

void fitWalls(const LocalMask& body, BodySurface& s) {
  const LocalFrame& f = s.frame;
  const Extent e = extentOf(body, f);
  const double top = s.superior.at(0, s.superior.b0), bottom = s.inferior.at(0, s.superior.b0);
  const double middle = (top + bottom) / 2, half = std::max(1.0, (top - bottom) / 2);
  const double vVoxel = voxelAlong(body.grid(), f.posterior), uVoxel = voxelAlong(body.grid(), f.left);
  const double depth = e.high[1] - e.low[1], width = e.high[0] - e.low[0];
  const auto negated = [](SagPrior p) { return SagPrior{-p.alongA, p.weightA, -p.alongB, p.weightB}; };
  const auto sagittal = [&](double kept) {
    return strip(body, f, true, 0, middle, half * kept, sagittalStrip, e.low[1], e.high[1]);
  };
  s.anterior = fitSurface(sagittal(frontKept).near, negated(waistPrior(depth, half, frontKept, vVoxel)));
  s.posterior = fitSurface(sagittal(backKept).far, waistPrior(depth, half, backKept, vVoxel));
  std::vector<SidePoint> front, back;
  body.forEachAround(2, [&](IndexIjk v, bool inside) {
    const LocalPoint p = f.local(body.grid().toLps(v));
    const double w = std::abs(p.w - middle) / half;
    if (std::abs(p.u) > sagittalStrip)
      return;
    if (w < frontKept && std::abs(p.v - s.anterior.at(p.u, p.w)) < 1.7 * vVoxel)
      front.push_back({p.u, p.w, p.v, !inside});
    if (w < backKept && std::abs(p.v - s.posterior.at(p.u, p.w)) < 1.7 * vVoxel)
      back.push_back({p.u, p.w, p.v, inside});
  });
  refineSurface(s.anterior, front, vVoxel);
  refineSurface(s.posterior, back, vVoxel);
  s.middleDepth = (s.frontAt(middle) + s.backAt(middle)) / 2;
  const WallStrip allSagittal = sagittal(0.95);
  s.frontLimit = percentile(allSagittal.near, 0.05);
  s.backLimit = percentile(allSagittal.far, 0.95);
  const WallStrip allCoronal =
      strip(body, f, false, s.middleDepth, middle, half * 0.95, coronalStrip, e.low[0], e.high[0]);
  s.rightLimit = percentile(allCoronal.near, 0.05);
  s.leftLimit = percentile(allCoronal.far, 0.95);
  const WallStrip coronal =
      strip(body, f, false, s.middleDepth, middle, half * frontKept, coronalStrip, e.low[0], e.high[0]);
  s.right = fitSurface(coronal.near, negated(waistPrior(width / 2, half, frontKept, uVoxel)));
  s.left = fitSurface(coronal.far, waistPrior(width / 2, half, frontKept, uVoxel));

  // Mid-body section: width and area.
  const double cell = 0.7;
  for (double v = e.low[1]; v <= e.high[1]; v += cell) {
    const auto hit = crossings(body, f.at({e.low[0], v, middle}), f.left, e.high[0] - e.low[0], 0.5);
    if (!hit)
      continue;
    s.widthMm = std::max(s.widthMm, hit->last - hit->first);
    s.areaMm2 += (hit->last - hit->first) * cell;
  }
}

std::vector<SurfacePoint> keptPoints(const Columns& c, const Footprint& f, const std::vector<float>& height) {
  std::vector<SurfacePoint> points;
  for (const auto& [a, b] : f.kept)
    points.push_back({c.u(a), c.v(b), double(height[std::size_t(b) * std::size_t(c.nu) + std::size_t(a)])});
  return points;
}

double meanHeight(const std::vector<SurfacePoint>& points) {
  double sum = 0;
  for (const SurfacePoint& p : points)
    sum += p.height;
  return sum / double(std::max<std::size_t>(1, points.size()));
}

/// Both end plates against the voxel centres around them.
void refinePlates(const LocalMask& body, const Columns& c, const Footprint& f, BodySurface& s) {
  std::vector<std::uint8_t> kept(std::size_t(c.nu) * std::size_t(c.nv), 0);
  for (const auto& [a, b] : f.kept)
    kept[std::size_t(b) * std::size_t(c.nu) + std::size_t(a)] = 1;
  const double voxel = voxelAlong(body.grid(), s.frame.superior);
  const double height = s.superior.c[0] - s.inferior.c[0];
  const double reach = std::min(1.7 * voxel, 0.4 * height);
  std::vector<SidePoint> top, bottom;
  body.forEachAround(2, [&](IndexIjk voxelIndex, bool inside) {
    const LocalPoint p = s.frame.local(body.grid().toLps(voxelIndex));
    const long a = std::lround((p.u - c.u0) / c.step), b = std::lround((p.v - c.v0) / c.step);
    if (a < 0 || b < 0 || a >= c.nu || b >= c.nv ||
        !kept[std::size_t(b) * std::size_t(c.nu) + std::size_t(a)])
      return;
    if (std::abs(p.w - s.superior.at(p.u, p.v)) < reach)
      top.push_back({p.u, p.v, p.w, inside});
    if (std::abs(p.w - s.inferior.at(p.u, p.v)) < reach)
      bottom.push_back({p.u, p.v, p.w, !inside});
  });
  refineSurface(s.superior, top, voxel);
  refineSurface(s.inferior, bottom, voxel);
}

/// An end plate as the mask has it.
struct MaskPlate {
  const Columns& c;
  const std::vector<float>& height;
  const FittedSurface fit; ///< to the mask alone
  double voxelMm;

  /// What the mask shows around a place beyond the fit, where it is more than voxels can err: a node, a dent
  /// or a low rim counts, a stair does not.
  double residual(double u, double v, double uHalf, double vHalf) const {
    double sum = 0, n = 0;
    for (int b = 0; b < c.nv; ++b)
      for (int a = 0; a < c.nu; ++a) {
        const double x = (c.u(a) - u) / uHalf, y = (c.v(b) - v) / vHalf;
        if (!c.valid(a, b) || x * x + y * y > 1)
          continue;
        sum += double(height[std::size_t(b) * std::size_t(c.nu) + std::size_t(a)]) - fit.at(c.u(a), c.v(b));
        ++n;
      }
    const double mean = n > 0 ? sum / n : 0.0;
    return std::copysign(std::max(0.0, std::abs(mean) - stairs * voxelMm), mean);
  }
};

/// Where the plate meets the four walls. Between what was seen of plate and wall, both go on straight.
PlateCorners cornersOf(const BodySurface& s, const FittedSurface& plate, const MaskPlate& mask,
                       const PlateRims& rims) {
  const auto meet = [&](bool sagittal, const FittedSurface& wall, double limit, double inwards) {
    double side = wall.at(sagittal ? 0 : s.middleDepth, wall.b0), w = 0;
    for (int n = 0; n < 6; ++n) {
      w = sagittal ? plate.beyond(0, side, plateBend) : plate.beyond(side, s.middleDepth, plateBend);
      side = wall.beyond(sagittal ? 0 : s.middleDepth, w, wallBend);
      side = inwards > 0 ? std::max(side, limit - rounding)
                         : std::min(side, limit + rounding); // not outside the bone
    }
    const double rim = side + inwards * 4.5; // past the rounded edge
    const std::optional<double> seen = !sagittal     ? std::nullopt
                                       : inwards > 0 ? rims.anterior
                                                     : rims.posterior;
    w += seen ? *seen : sagittal ? mask.residual(0, rim, 4, 1.8) : mask.residual(rim, s.middleDepth, 1.8, 4);
    return sagittal ? LocalPoint{0, side, w} : LocalPoint{side, s.middleDepth, w};
  };
  return {meet(true, s.anterior, s.frontLimit, 1), meet(true, s.posterior, s.backLimit, -1),
          meet(false, s.left, s.leftLimit, -1), meet(false, s.right, s.rightLimit, 1)};
}

} // namespace

std::optional<Crossing> crossings(const LocalMask& mask, PointLps from, VectorLps direction, double length,
                                  double step) {
  const PointIjk p = mask.grid().toIjk(from);
  const PointIjk d = mask.grid().directionToIjk(direction);
  std::optional<Crossing> found;
  double before = 0;
  const int steps = int(length / step) + 1;
  for (int n = 0; n <= steps; ++n) {
    const double t = n * step;
    const double now = mask.occupancy(PointIjk{p.i + d.i * t, p.j + d.j * t, p.k + d.k * t});
    if ((before < 0.5) != (now < 0.5)) {
      const double at = t - step * (now - 0.5) / (now - before);
      if (!found)
        found = Crossing{at, at};
      found->last = at;
    }
    before = now;
  }
  return found;
}

double voxelAlong(const Grid& grid, VectorLps direction) {
  double longest = 0;
  for (const VectorLps step : {grid.stepI(), grid.stepJ(), grid.stepK()})
    longest = std::max(longest, std::abs(dot(step, direction)));
  return longest;
}

std::optional<BodySurface> fitBody(const LocalMask& body, VectorLps up, PointLps posteriorOf,
                                   const Volume* ct) {
  const auto spacing = body.grid().spacing();
  const double finest = std::min({spacing[0], spacing[1], spacing[2]});
  const double fine = std::clamp(0.75 * finest, 0.6, 1.2);
  BodySurface s;
  const PointLps centre = body.centroid();
  s.frame = frameFrom(centre, up, posteriorOf - centre);
  constexpr int rounds = 4;
  for (int round = 0; round < rounds; ++round) {
    const bool last = round == rounds - 1;
    const Columns columns = sampleColumns(body, s.frame, last ? fine : 1.6);
    const Footprint footprint = footprintWithoutRim(columns);
    if (footprint.kept.size() < 20)
      return std::nullopt;
    const std::vector<SurfacePoint> top = keptPoints(columns, footprint, columns.top);
    const std::vector<SurfacePoint> bottom = keptPoints(columns, footprint, columns.bottom);
    const double height = meanHeight(top) - meanHeight(bottom);
    const SagPrior sag = sagPrior(footprint, height, voxelAlong(body.grid(), s.frame.superior));
    s.superior = fitSurface(top, sag);
    s.inferior = fitSurface(bottom, {-sag.alongA, sag.weightA, -sag.alongB, sag.weightB});
    if (last) {
      refinePlates(body, columns, footprint, s);
      fitWalls(body, s);
      if (s.anterior.points < 8 || s.left.points < 8)
        return std::nullopt;
      const double voxel = voxelAlong(body.grid(), s.frame.superior);
      const MaskPlate upper{columns, columns.top, s.superior, voxel},
          lower{columns, columns.bottom, s.inferior, voxel};
      if (ct)
        alignToImage(*ct, s);
      s.superiorMiddle = s.superior.at(0, s.middleDepth) + upper.residual(0, s.middleDepth, 2.5, 2.5);
      s.inferiorMiddle = s.inferior.at(0, s.middleDepth) + lower.residual(0, s.middleDepth, 2.5, 2.5);
      s.superiorCorners = cornersOf(s, s.superior, upper, s.superiorRims);
      s.inferiorCorners = cornersOf(s, s.inferior, lower, s.inferiorRims);
    } else {
      const VectorLps mean = normalOf(s.superior, s.frame) + normalOf(s.inferior, s.frame);
      s.frame = frameFrom(centre, mean, posteriorOf - centre);
    }
  }
  return s;
}

} // namespace spondyl

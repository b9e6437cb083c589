#include "viewer/state/mark.h"

#include "viewer/state/slice_geometry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace spondyl::viewer {
namespace {

constexpr int ellipseCorners = 72;

struct Flat {
  double x, y;
};
Flat flat(const Plane& plane, PointLps p) {
  return {plane.rightOf(p), plane.downOf(p)};
}

double degrees(double radians) {
  return radians * 180 / std::numbers::pi;
}

std::string text(const char* format, double v) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, format, std::abs(v) < 5e-4 ? 0.0 : v);
  std::string out = buffer;
  if (!out.empty() && out.front() == '-')
    out.replace(0, 1, "−");
  return out;
}

bool inside(const std::vector<Flat>& outline, Flat p) {
  bool in = false;
  for (std::size_t a = 0, b = outline.size() - 1; a < outline.size(); b = a++) {
    const Flat &u = outline[a], &v = outline[b];
    if ((u.y > p.y) != (v.y > p.y) && p.x < (v.x - u.x) * (p.y - u.y) / (v.y - u.y) + u.x)
      in = !in;
  }
  return in;
}

struct Ellipse {
  double x, y, a, b;
};
Ellipse ellipseOf(const Mark& mark) {
  const Flat p = flat(mark.plane, mark.points[0]), q = flat(mark.plane, mark.points[1]);
  return {(p.x + q.x) / 2, (p.y + q.y) / 2, std::abs(q.x - p.x) / 2, std::abs(q.y - p.y) / 2};
}

double areaOf(const Mark& mark) {
  if (mark.kind == MarkKind::Ellipse) {
    const Ellipse e = ellipseOf(mark);
    return std::numbers::pi * e.a * e.b;
  }
  double twice = 0;
  for (std::size_t n = 0; n < mark.points.size(); ++n) {
    const Flat a = flat(mark.plane, mark.points[n]),
               b = flat(mark.plane, mark.points[(n + 1) % mark.points.size()]);
    twice += a.x * b.y - b.x * a.y;
  }
  return std::abs(twice) / 2;
}

std::size_t pointsNeeded(MarkKind kind) {
  switch (kind) {
  case MarkKind::Angle:
  case MarkKind::Region:
    return 3;
  case MarkKind::Cobb:
    return 4;
  case MarkKind::Arrow:
    return 1;
  default:
    return 2;
  }
}

} // namespace

RegionValues regionValues(const Mark& mark, const Volume& volume) {
  RegionValues out;
  const std::vector<PointLps> corners = outlineOf(mark);
  if (corners.size() < 3)
    return out;
  out.area = areaOf(mark);
  const Grid& grid = volume.grid();
  const double half = sliceStepMm(mark.plane, grid) / 2 * (1 + 1e-9);
  std::vector<Flat> outline;
  IndexIjk low{1 << 30, 1 << 30, 1 << 30}, high{-1, -1, -1};
  for (const PointLps p : corners) {
    outline.push_back(flat(mark.plane, p));
    for (const double side : {-half, half}) {
      const PointIjk at = grid.toIjk(p + mark.plane.normal() * side);
      low = {std::min(low.i, int(std::floor(at.i))), std::min(low.j, int(std::floor(at.j))),
             std::min(low.k, int(std::floor(at.k)))};
      high = {std::max(high.i, int(std::ceil(at.i))), std::max(high.j, int(std::ceil(at.j))),
              std::max(high.k, int(std::ceil(at.k)))};
    }
  }
  const GridSize n = grid.size();
  const Ellipse ellipse = mark.kind == MarkKind::Ellipse ? ellipseOf(mark) : Ellipse{};
  double sum = 0, squares = 0;
  const Rescale rescale = volume.rescale();
  const std::optional<double> padding = volume.padding();
  for (int k = std::max(0, low.k); k <= std::min(n.k - 1, high.k); ++k)
    for (int j = std::max(0, low.j); j <= std::min(n.j - 1, high.j); ++j)
      for (int i = std::max(0, low.i); i <= std::min(n.i - 1, high.i); ++i) {
        const PointLps p = grid.toLps(IndexIjk{i, j, k});
        const double off = mark.plane.signedDistance(p);
        if (off < -half || off >= half) // a voxel half-way between two slices belongs to one of them
          continue;
        const Flat f = flat(mark.plane, p);
        if (mark.kind == MarkKind::Ellipse) {
          const double x = (f.x - ellipse.x) / std::max(ellipse.a, 1e-9),
                       y = (f.y - ellipse.y) / std::max(ellipse.b, 1e-9);
          if (x * x + y * y > 1)
            continue;
        } else if (!inside(outline, f)) {
          continue;
        }
        const double stored = volume.stored({i, j, k});
        if (stored == padding) // nothing was measured there
          continue;
        const double v = stored * rescale.slope + rescale.intercept;
        out.least = out.voxels ? std::min(out.least, v) : v;
        out.most = out.voxels ? std::max(out.most, v) : v;
        // Against the running mean: large values do not swallow the spread.
        ++out.voxels;
        const double step = v - sum;
        sum += step / double(out.voxels);
        squares += step * (v - sum);
      }
  out.mean = sum;
  out.sd = out.voxels > 1 ? std::sqrt(squares / double(out.voxels - 1)) : 0;
  return out;
}

double distanceOf(const Mark& mark) {
  return mark.points.size() < 2 ? 0 : distance(mark.points[0], mark.points[1]);
}

double angleOf(const Mark& mark) {
  if (mark.points.size() < pointsNeeded(mark.kind))
    return 0;
  const bool cobb = mark.kind == MarkKind::Cobb;
  const VectorLps a = cobb ? mark.points[1] - mark.points[0] : mark.points[0] - mark.points[1];
  const VectorLps b = cobb ? mark.points[3] - mark.points[2] : mark.points[2] - mark.points[1];
  const double lengths = length(a) * length(b);
  if (lengths < 1e-12)
    return 0;
  const double angle = degrees(std::atan2(length(cross(a, b)), dot(a, b)));
  return cobb && angle > 90 ? 180 - angle : angle;
}

std::vector<PointLps> outlineOf(const Mark& mark) {
  if (mark.kind != MarkKind::Ellipse || mark.points.size() < 2)
    return mark.points;
  const Ellipse e = ellipseOf(mark);
  Plane through = mark.plane;
  through.origin = mark.plane.at(0, 0) + mark.plane.normal() * mark.plane.signedDistance(mark.points[0]);
  std::vector<PointLps> out;
  for (int n = 0; n < ellipseCorners; ++n) {
    const double t = 2 * std::numbers::pi * n / ellipseCorners;
    out.push_back(through.at(e.x + e.a * std::cos(t), e.y + e.b * std::sin(t)));
  }
  return out;
}

std::string markValue(const Mark& mark, const Volume& volume, const MarkUnits& units) {
  if (mark.points.size() < pointsNeeded(mark.kind))
    return {};
  const std::string remark = units.lengthRemark.empty() ? "" : " " + units.lengthRemark;
  switch (mark.kind) {
  case MarkKind::Distance:
    return text("%.1f ", distanceOf(mark) * units.perUnit) + units.length + remark;
  case MarkKind::Angle:
    return text("%.1f°", angleOf(mark));
  case MarkKind::Cobb:
    return "Cobb " + text("%.1f°", angleOf(mark));
  case MarkKind::Ellipse:
  case MarkKind::Region: {
    const RegionValues r = regionValues(mark, volume);
    std::string out;
    if (r.voxels == 0)
      out = "no measured voxel inside";
    else
      out = "Mean " + text("%.0f ", r.mean) + units.value + ", SD " + text("%.0f", r.sd) + "\nMin " +
            text("%.0f", r.least) + ", max " + text("%.0f", r.most);
    return out + "\n" + text("%.0f ", r.area * units.perUnit * units.perUnit) + units.length + "²" + remark +
           ", " + std::to_string(r.voxels) + " voxels";
  }
  case MarkKind::Arrow:
    break;
  }
  return mark.words;
}

std::string markName(MarkKind kind) {
  switch (kind) {
  case MarkKind::Distance:
    return "Distance";
  case MarkKind::Angle:
    return "Angle";
  case MarkKind::Cobb:
    return "Cobb angle";
  case MarkKind::Ellipse:
    return "Ellipse";
  case MarkKind::Region:
    return "Region";
  case MarkKind::Arrow:
    break;
  }
  return "Arrow";
}

void addMark(Overlay& overlay, const Mark& mark, bool active) {
  const OverlayColour colour = active ? OverlayColour::Accent : OverlayColour::Measure;
  const auto line = [&](std::vector<PointLps> points, std::string words = {}) -> OverlayLine& {
    OverlayLine& made = overlay.lines.emplace_back();
    made.points = std::move(points);
    made.colour = colour;
    made.text = std::move(words);
    return made;
  };
  const std::vector<PointLps>& p = mark.points;
  switch (mark.kind) {
  case MarkKind::Distance:
    line(p, mark.value).endTicks = true;
    break;
  case MarkKind::Angle:
    line(p, mark.value);
    break;
  case MarkKind::Cobb:
    line({p.begin(), p.begin() + std::ptrdiff_t(std::min<std::size_t>(2, p.size()))});
    if (p.size() > 2)
      line({p.begin() + 2, p.end()});
    if (p.size() == 4) // joined, so that the two lines are seen to belong together
      line({midpoint(p[0], p[1]), midpoint(p[2], p[3])}, mark.value).dashed = true;
    break;
  case MarkKind::Ellipse:
  case MarkKind::Region: {
    OverlayLine& outline = line(outlineOf(mark), mark.value);
    outline.closed = !mark.value.empty() || mark.kind == MarkKind::Ellipse;
    break;
  }
  case MarkKind::Arrow:
    if (p.size() == 2)
      line(p).arrow = true;
    if (!mark.words.empty() && !p.empty())
      overlay.handles.push_back({p[0], colour, false, mark.words, true});
    break;
  }
  constexpr std::size_t mostHandles = 24; // an outline drawn by hand has too many corners to drag
  if (active && p.size() <= mostHandles)
    for (const PointLps at : p)
      overlay.handles.push_back({at, colour, false, {}, false});
}

} // namespace spondyl::viewer

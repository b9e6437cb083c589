#include "viewer/state/curved_sheet.h"

#include "core/geometry/curve.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double fineMm = 0.1;    // steps in which the line's length is summed
constexpr double halfViewMm = 70; // shown on both sides of the line when everything fits
constexpr double tiny = 1e-9;

VectorLps perpendicular(VectorLps v, VectorLps to) {
  return normalized(v - to * dot(v, to));
}

VectorLps mixed(VectorLps a, VectorLps b, double share) {
  return normalized(a * (1 - share) + b * share);
}

// The line by arc length, with the direction of the front.
struct Walk {
  std::vector<PointLps> at;
  std::vector<VectorLps> tangent, anterior;
  std::vector<double> s; // of each, 0 at the line's first point
};

Walk walkAlong(const CentreLine& line) {
  std::vector<PointLps> points;
  for (const auto& p : line.points)
    points.push_back(p.at);
  const Curve curve(points);
  std::vector<double> stations; // of the points, in the curve's own parameter
  double sum = 0;
  for (std::size_t n = 0; n < points.size(); ++n) {
    if (n > 0)
      sum += distance(points[n - 1], points[n]);
    stations.push_back(sum);
  }
  const auto anteriorAt = [&](double c) {
    const auto next = std::upper_bound(stations.begin(), stations.end(), c);
    if (next == stations.begin())
      return line.points.front().anterior;
    if (next == stations.end())
      return line.points.back().anterior;
    const auto n = std::size_t(next - stations.begin());
    return mixed(line.points[n - 1].anterior, line.points[n].anterior,
                 (c - stations[n - 1]) / std::max(stations[n] - stations[n - 1], tiny));
  };
  Walk out;
  const double from = -CurvedSheet::beyondMm, to = curve.lengthMm() + CurvedSheet::beyondMm;
  const int steps = int(std::ceil((to - from) / fineMm));
  double length = 0, zero = 0;
  for (int n = 0; n <= steps; ++n) {
    const double c = from + (to - from) * n / steps;
    const PointLps p = curve.at(c);
    if (n > 0)
      length += distance(out.at.back(), p);
    if (c <= 0)
      zero = length - c; // straight before the first point: its length is what is left of it
    out.at.push_back(p);
    out.tangent.push_back(curve.tangent(c));
    out.anterior.push_back(anteriorAt(c));
    out.s.push_back(length);
  }
  for (double& s : out.s)
    s -= zero;
  return out;
}

} // namespace

CurvedSheet::CurvedSheet(const CentreLine& line, ViewKind view, CurvedMode mode)
    : m_stretched(mode == CurvedMode::Stretched) {
  const Walk walk = walkAlong(line);
  const bool coronal = view == ViewKind::Coronal;
  const std::size_t count = walk.at.size();
  const auto acrossAt = [&](std::size_t n) {
    const VectorLps posterior = -perpendicular(walk.anterior[n], walk.tangent[n]);
    return coronal ? cross(walk.tangent[n], posterior) : posterior; // caudal, posterior: the patient's left
  };
  double reference = 0;
  if (m_stretched) {
    VectorLps sum;
    for (std::size_t n = 0; n < count; ++n)
      sum = sum + acrossAt(n);
    m_fixed = perpendicular(sum, normalized(walk.at.back() - walk.at.front()));
    for (const PointLps p : walk.at)
      reference += dot(p - PointLps{}, m_fixed) / double(count);
  }
  // Along what the rows are laid out, and the row at each station.
  std::vector<double> down(count);
  std::vector<Row> rows(count);
  for (std::size_t n = 0; n < count; ++n) {
    Row& row = rows[n];
    row.centre = walk.at[n];
    row.down = walk.tangent[n];
    row.across = acrossAt(n);
    if (m_stretched) {
      row.lineAcross = dot(walk.at[n] - PointLps{}, m_fixed) - reference;
      row.centre = walk.at[n] - m_fixed * row.lineAcross;
      row.across = m_fixed;
      row.down = perpendicular(walk.tangent[n], m_fixed);
    }
    row.normal = cross(row.across, row.down);
    const VectorLps posterior = -perpendicular(walk.anterior[n], walk.tangent[n]);
    row.section = {walk.at[n], cross(walk.tangent[n], posterior), posterior};
    down[n] = n == 0 ? 0 : down[n - 1] + distance(rows[n - 1].centre, row.centre);
  }
  m_lengthMm = walk.s.back() - beyondMm;
  const auto downAt = [&](double s) {
    const auto next = std::size_t(std::lower_bound(walk.s.begin() + 1, walk.s.end() - 1, s) - walk.s.begin());
    const double share = (s - walk.s[next - 1]) / std::max(walk.s[next] - walk.s[next - 1], tiny);
    return down[next - 1] + share * (down[next] - down[next - 1]);
  };
  const double start = downAt(0);
  m_lineEnd = downAt(m_lengthMm) - start;
  // Even rows.
  const int steps = std::max(1, int(std::floor((m_lineEnd + 2 * beyondMm) / m_stepMm)));
  std::size_t n = 0;
  for (int r = 0; r <= steps; ++r) {
    const double wanted = top() + r * m_stepMm + start;
    while (n + 2 < count && down[n + 1] < wanted)
      ++n;
    const double f = (wanted - down[n]) / std::max(down[n + 1] - down[n], tiny);
    const Row &a = rows[n], &b = rows[n + 1];
    Row row;
    row.centre = a.centre + (b.centre - a.centre) * f;
    row.down = mixed(a.down, b.down, f);
    row.across = perpendicular(mixed(a.across, b.across, f), row.down);
    row.normal = cross(row.across, row.down);
    row.lineAcross = a.lineAcross + (b.lineAcross - a.lineAcross) * f;
    row.section = f < 0.5 ? a.section : b.section;
    row.section.origin = a.section.origin + (b.section.origin - a.section.origin) * f;
    m_rows.push_back(row);
    if (wanted < start || wanted > start + m_lineEnd)
      continue;
    m_lineRange = {std::min(m_lineRange.first, row.lineAcross), std::max(m_lineRange.second, row.lineAcross)};
  }
}

CurvedSheet::Row CurvedSheet::row(double down) const {
  const double at = (down - top()) / m_stepMm;
  const auto n = std::size_t(std::clamp(std::floor(at), 0.0, double(m_rows.size() - 2)));
  const double f = at - double(n);
  const Row &a = m_rows[n], &b = m_rows[n + 1];
  if (f < 0 || f > 1) { // beyond: straight on
    Row row = f < 0 ? a : b;
    const VectorLps move = row.down * ((f < 0 ? f : f - 1) * m_stepMm);
    row.centre = row.centre + move;
    row.section.origin = row.section.origin + move;
    return row;
  }
  Row row = f < 0.5 ? a : b;
  row.centre = a.centre + (b.centre - a.centre) * f;
  row.down = mixed(a.down, b.down, f);
  row.across = m_stretched ? m_fixed : perpendicular(mixed(a.across, b.across, f), row.down);
  row.normal = cross(row.across, row.down);
  row.lineAcross = a.lineAcross + (b.lineAcross - a.lineAcross) * f;
  row.section.origin = a.section.origin + (b.section.origin - a.section.origin) * f;
  return row;
}

PointLps CurvedSheet::at(double across, double down, double offset) const {
  const Row r = row(down);
  return r.centre + r.across * across + r.normal * offset;
}

CurvedSheet::Place CurvedSheet::placeOf(PointLps p) const {
  std::size_t best = 0;
  double nearest = 1e300;
  for (std::size_t n = 0; n < m_rows.size(); ++n) {
    const VectorLps d = p - m_rows[n].centre;
    const double along = m_stretched ? dot(d, m_fixed) : 0;
    const double distance = dot(d, d) - along * along;
    if (distance < nearest) {
      nearest = distance;
      best = n;
    }
  }
  // The row that holds the point exactly: its distance along `down` is nought there.
  double low = top() + (double(best) - 1) * m_stepMm, high = low + 2 * m_stepMm;
  const auto ahead = [&](double down) {
    const Row r = row(down);
    return dot(p - r.centre, r.down);
  };
  if (best == 0 && ahead(top()) < 0)
    low = high = top() + ahead(top());
  if (best + 1 == m_rows.size() && ahead(bottom()) > 0)
    low = high = bottom() + ahead(bottom());
  for (int n = 0; n < 24 && high > low; ++n) {
    const double middle = (low + high) / 2;
    (ahead(middle) > 0 ? low : high) = middle;
  }
  Place place;
  place.down = (low + high) / 2;
  const Row r = row(place.down);
  place.across = dot(p - r.centre, r.across);
  place.offset = dot(p - r.centre, r.normal);
  return place;
}

PointLps CurvedGeometry::at(ScreenPoint p) const {
  return sheet->at(middleAcross + (p.x - width / 2) * mmPerPixel, downAt(p.y), offset);
}

ScreenPoint CurvedGeometry::position(PointLps p) const {
  const CurvedSheet::Place place = sheet->placeOf(p);
  return {(place.across - middleAcross) / mmPerPixel + width / 2,
          (place.down - middleDown) / mmPerPixel + height / 2};
}

SliceGeometry CurvedGeometry::flatAt(ScreenPoint p) const {
  const CurvedSheet::Row row = sheet->row(downAt(p.y));
  SliceGeometry flat;
  flat.mmPerPixel = mmPerPixel;
  flat.width = width;
  flat.height = height;
  flat.plane = {{}, row.across, row.down};
  flat.plane.origin =
      at(p) - row.across * ((p.x - width / 2) * mmPerPixel) - row.down * ((p.y - height / 2) * mmPerPixel);
  return flat;
}

CurvedGeometry curvedGeometry(const ViewState& state, ViewKind view, std::shared_ptr<const CurvedSheet> sheet,
                              double width, double height) {
  CurvedGeometry g;
  g.width = std::max(1.0, width);
  g.height = std::max(1.0, height);
  g.sheet = std::move(sheet);
  const SliceCamera& camera = state.camera(view);
  const auto [low, high] = g.sheet->lineRange();
  const double fit =
      std::max((high - low + 2 * halfViewMm) / g.width, (g.sheet->bottom() - g.sheet->top()) / g.height);
  g.mmPerPixel = camera.mmPerPixel > 0 ? camera.mmPerPixel : fit;
  g.middleAcross = (low + high) / 2 + camera.panRightMm;
  g.middleDown = (g.sheet->top() + g.sheet->bottom()) / 2 + camera.panDownMm;
  g.offset = g.sheet->placeOf(state.crosshair).offset;
  return g;
}

ViewState withCurved(ViewState state, ViewKind view, CurvedMode mode, const CentreLine& line) {
  state.curved[std::size_t(view)] = mode;
  state.cameras[std::size_t(view)] = {};
  if (mode == CurvedMode::Off)
    return state;
  const CurvedSheet sheet(line, view, CurvedMode::Straightened);
  const CurvedSheet::Place place = sheet.placeOf(state.crosshair);
  const double within = std::clamp(place.down, 0.0, sheet.lineEnd());
  return movedTo(std::move(state), sheet.at(0, within, 0));
}

} // namespace spondyl::viewer

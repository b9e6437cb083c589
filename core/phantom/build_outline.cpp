#include "core/phantom/scene.h"

#include <algorithm>

namespace spondyl {

namespace {

using Section = BodyOutline::Section;

Section mix(const Section& a, const Section& b, double t) {
  const auto m = [t](double x, double y) { return x + (y - x) * t; };
  return {m(a.centreX, b.centreX),
          m(a.centreY, b.centreY),
          m(a.halfWidth, b.halfWidth),
          m(a.halfDepth, b.halfDepth),
          m(a.spineX, b.spineX),
          m(a.spineY, b.spineY),
          m(a.fat, b.fat),
          m(a.wall, b.wall),
          m(a.lung, b.lung),
          m(a.wave, b.wave)};
}

constexpr double step = 2.0;

} // namespace

void BodyOutline::add(double z, const Section& section) {
  m_nodes.emplace_back(z, section);
}

void BodyOutline::finish() {
  std::stable_sort(m_nodes.begin(), m_nodes.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  m_start = m_nodes.front().first;
  const int count = int((m_nodes.back().first - m_start) / step) + 2;
  std::size_t n = 0;
  for (int k = 0; k < count; ++k) {
    const double z = m_start + k * step;
    while (n + 2 < m_nodes.size() && m_nodes[n + 1].first <= z)
      ++n;
    const auto& [za, a] = m_nodes[n];
    const auto& [zb, b] = m_nodes[n + 1];
    const double t = std::clamp((z - za) / std::max(zb - za, 1e-6), 0.0, 1.0);
    m_table.push_back(mix(a, b, t));
  }
  // Rounded at the nodes: a running mean, three times.
  constexpr int half = 7;
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<Section> smooth = m_table;
    for (int k = half; k + half < count; ++k) {
      Section sum = m_table[std::size_t(k - half)];
      for (int o = 1 - half; o <= half; ++o)
        sum = mix(sum, m_table[std::size_t(k + o)], 1.0 / (o + half + 1));
      smooth[std::size_t(k)] = sum;
    }
    m_table.swap(smooth);
  }
  for (int k = 0; k < count; ++k)
    m_table[std::size_t(k)].wave = 4 * std::sin(k * step / 31) + 2.5 * std::sin(k * step / 13);
}

Section BodyOutline::at(double z) const {
  const double p = std::clamp((z - m_start) / step, 0.0, double(m_table.size() - 1));
  const std::size_t n = std::min(std::size_t(p), m_table.size() - 2);
  return mix(m_table[n], m_table[n + 1], p - double(n));
}

void buildOutline(const SpineDescription& d, PhantomScene& scene) {
  Random random(d.seed, 40);
  struct Anchor {
    double position, width, front, back, lung, wall;
  };
  // Half width and the distances from the vertebral bodies' centres to the skin, mm, by level.
  constexpr Anchor anchors[] = {
      {2, 62, 58, 70, 0, 30},       {4.5, 62, 52, 72, 0, 32},   {6, 78, 58, 80, 0, 36},
      {7, 120, 62, 86, 0, 30},      {8.5, 195, 90, 88, .6, 34}, {10, 185, 120, 84, 1, 26},
      {12, 168, 145, 82, 1, 20},    {15, 160, 158, 80, 1, 16},  {17, 158, 156, 80, 1, 15},
      {18.6, 156, 150, 82, .5, 14}, {20, 152, 138, 84, 0, 14},  {22, 156, 126, 88, 0, 14}};
  const double plump = 1 + .13 * (d.habitus - 1) + (d.options.variation ? random.normal(0, .04) : 0);
  const auto add = [&](PointLps spine, double width, double front, double back, double fat, double wall,
                       double lung) {
    Section s;
    const double k = d.size * plump;
    s.spineX = spine.x;
    s.spineY = spine.y;
    s.centreX = spine.x;
    s.centreY = spine.y + (back - front) * k / 2;
    s.halfWidth = width * k;
    s.halfDepth = (front + back) * k / 2;
    s.fat = std::min(fat * d.habitus, 40.0);
    s.wall = wall * d.size;
    s.lung = lung;
    scene.outline.add(spine.z, s);
  };
  const PointLps hips = d.hipAxis.origin, s1 = d.sacrum.toOuter({0, 0, -12}),
                 c1 = d.vertebrae.front().frame.origin;
  // Below the promontory the sacrum's course takes the place of the bodies; the true pelvis is narrow.
  const std::vector<SacralSegment> seg = sacralSegments(d);
  const PointLps s2 = d.sacrum.toOuter(seg[1].bottom), s4 = d.sacrum.toOuter(seg[4].bottom);
  const auto place = [&](double y, double z, double width, double front, double back, double fat,
                         double wall) {
    add({s1.x, y, z}, width, front + (y - s1.y), back - (y - s1.y), fat, wall, 0);
  };
  place(hips.y + 30, hips.z - 400, 160, 100, 100, 14, 60);
  place(hips.y + 40, hips.z - 60, 182, 132, 118, 22, 84);
  place(s4.y, s4.z, 182, 122, 120, 22, 78);
  place(s2.y, s2.z, 178, 112, 120, 20, 60);
  for (const Anchor& a : anchors) {
    // The place of the level on this chain, between two vertebrae.
    for (std::size_t n = 0; n + 1 < d.vertebrae.size(); ++n) {
      const PhantomVertebra &u = d.vertebrae[n], &l = d.vertebrae[n + 1];
      if (a.position < u.position || a.position >= l.position)
        continue;
      const double t = (a.position - u.position) / (l.position - u.position);
      add(u.frame.origin + (l.frame.origin - u.frame.origin) * t, a.width, a.front, a.back,
          a.position < 7    ? 5
          : a.position < 16 ? 9
                            : 13,
          a.wall, a.lung);
    }
  }
  add({c1.x, c1.y, c1.z + 5}, 74, 88, 74, 4, 6, 0);
  add({c1.x, c1.y - 2, c1.z + 75}, 78, 100, 94, 4, 4, 0);
  add({c1.x, c1.y - 2, c1.z + 140}, 40, 55, 55, 4, 4, 0);
  add({c1.x, c1.y - 2, c1.z + 162}, 3, 3, 3, 4, 4, 0);
  scene.outline.finish();
}

} // namespace spondyl

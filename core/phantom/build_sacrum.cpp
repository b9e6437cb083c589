#include "core/anatomy/codes.h"
#include "core/phantom/scene.h"

namespace spondyl {

std::vector<SacralSegment> sacralSegments(const SpineDescription& d) {
  const double k = d.size, width[6] = {1, .78, .62, .5, .4, .3}, depth[6] = {1, .66, .46, .34, .27, .22};
  const double height[5] = {30, 26, 22, 18, 15};
  std::vector<SacralSegment> segments;
  VectorLps at{};
  const double total = d.sacralCurveDeg * std::numbers::pi / 180;
  for (int n = 0; n < 5; ++n) {
    const double t = -total * (n < 1 ? 0.03 : (n - .5) / 4);
    SacralSegment s;
    s.top = at;
    at = at + VectorLps{0, std::sin(t), -std::cos(t)} * (height[n] * k);
    s.bottom = at;
    s.width = d.sacralBody.width * width[n];
    s.depth = d.sacralBody.depth * depth[n];
    segments.push_back(s);
  }
  return segments;
}

namespace {

constexpr VectorLps across{1, 0, 0};

/// Backwards from a segment, at right angles to its axis.
VectorLps backOf(const SacralSegment& s) {
  const VectorLps axis = normalized(s.top - s.bottom);
  return {0, axis.z, -axis.y};
}

Bone sacrum(const SpineDescription& d, const std::vector<SacralSegment>& seg) {
  const double k = d.size;
  Bone bone;
  bone.frame = d.sacrum;
  bone.body = d.sacralBody;
  bone.blend = 4;
  const double cw = d.vertebrae.back().sizes.canalHalfWidth, cd = d.vertebrae.back().sizes.canalHalfDepth;
  const double b = d.sacralBody.depth / 2, a = d.sacralBody.width / 2;
  const double mass[5] = {40, 36, 29, 21, 13}, thick[5] = {12.5, 11.5, 8.5, 6.5, 5};
  const auto middle = [&](int n) { return (seg[std::size_t(n)].top + seg[std::size_t(n)].bottom) * .5; };
  for (int n = 1; n < 5; ++n) {
    const SacralSegment& s = seg[std::size_t(n)];
    bone.parts.push_back(Primitive::plate(n == 1 ? s.top + VectorLps{0, 0, 6} : s.top, s.bottom, s.depth / 2,
                                          s.depth / 2 * .9, across, s.width / s.depth));
  }
  for (const double side : {-1.0, 1.0}) {
    // Alae, then the lateral masses down to S5, joined to the bodies between the foramina.
    bone.parts.push_back(Primitive::plate({side * (a - 6), 2, -13 * k}, {side * 46 * k, 9 * k, -17 * k},
                                          10 * k, 9 * k, {0, 1, 0}, 1.35));
    bone.parts.push_back(Primitive::capsule({side * 43 * k, 12 * k, -18 * k},
                                            {side * 40 * k, 17 * k, -38 * k}, 10 * k, 10 * k));
    for (int n = 0; n < 4; ++n) {
      const VectorLps from = middle(n) + VectorLps{side * mass[n] * k, 6 * k, 0},
                      to = middle(n + 1) + VectorLps{side * mass[n + 1] * k, 6 * k, 0};
      bone.parts.push_back(Primitive::capsule(from, to, thick[n] * k * .85, thick[n + 1] * k * .85));
      bone.parts.push_back(
          Primitive::plate(middle(n + 1), to, thick[n + 1] * k * .8, thick[n + 1] * k * .8, {0, 1, 0}, 1.1));
    }
    for (int n = 0; n < 4; ++n) {
      const SacralSegment& s = seg[std::size_t(n)];
      const VectorLps hole = s.bottom + VectorLps{side * (s.width * .5 + 1.5 * k), 0, 0}, back = backOf(s);
      bone.cuts.push_back(Primitive::capsule(hole - back * (22 * k), hole + back * (26 * k),
                                             (5.2 - .7 * n) * k, (3.6 - .5 * n) * k));
    }
    // Posterior wall of the sacral canal and the S1 facets.
    bone.parts.push_back(Primitive::capsule({side * (cw + 9), b + 1.3 * cd + 2, -10 * k},
                                            {side * (cw + 9.5), b + 1.3 * cd + 4, 7 * k}, 6 * k, 4.6 * k));
    for (int n = 0; n < 4; ++n) {
      const SacralSegment& s = seg[std::size_t(n)];
      const VectorLps back = backOf(s);
      const double y = s.depth / 2 + 2 * cd * (1 - .17 * n), w = cw * (1.15 - .2 * n);
      const VectorLps base = n == 0 ? VectorLps{0, 0, -12 * k} : middle(n);
      bone.parts.push_back(Primitive::plate(base + back * (y - cd) + VectorLps{side * (w + 4), 0, 0},
                                            base + back * (y + 2) + VectorLps{side * w * .6, 0, 0}, 3.4 * k,
                                            3 * k, {0, 0, 1}, n == 0 ? 2.6 : 3.9 - .5 * n));
      bone.parts.push_back(Primitive::plate(base + back * (y + 2) + VectorLps{side * w * .6, 0, 0},
                                            base + back * (y + 3.5), 3 * k, 3 * k, {0, 0, 1},
                                            n == 0 ? 2.6 : 3.9 - .5 * n));
      if (side > 0)
        bone.parts.push_back(Primitive::plate(base + back * (y + 4),
                                              base + back * (y + 11 - 2 * n) - VectorLps{0, 0, 3}, 3 * k,
                                              3.4 * k, {0, 0, 1}, 1.9));
    }
  }
  // What is left of the disc between S1 and S2.
  Random random(d.seed, 35);
  if (d.options.variation && random.chance(.4)) {
    const double share = random.uniform(.5, .9);
    bone.cuts.push_back(Primitive::ellipsoid(
        seg[0].bottom - VectorLps{0, 0, 1.5},
        {seg[1].width / 2 * share, seg[1].depth / 2 * share, random.uniform(1, 2.4) * k}));
  }
  return bone;
}

} // namespace

void buildSacrum(const SpineDescription& d, PhantomScene& scene) {
  const std::vector<SacralSegment> seg = sacralSegments(d);
  Bone bone = sacrum(d, seg);
  const double cw = d.vertebrae.back().sizes.canalHalfWidth, cd = d.vertebrae.back().sizes.canalHalfDepth;
  // Canal nodes of the sacrum; the bone is cut along them.
  const double wide[5] = {1.15, 1.0, .8, .6, .4}, deep[5] = {1.0, .82, .65, .48, .34};
  VectorLps before{};
  double beforeWide = 0, beforeDeep = 0;
  for (int n = 0; n < 5; ++n) {
    const SacralSegment& s = seg[std::size_t(n)];
    CanalNode node;
    node.halfWidth = cw * wide[n];
    node.halfDepth = cd * deep[n];
    const VectorLps back = n == 0 ? VectorLps{0, 1, 0} : backOf(s);
    const VectorLps local = s.top + back * (s.depth / 2 + node.halfDepth + .6);
    node.centre = d.sacrum.toOuter(local);
    node.x = d.sacrum.x;
    node.y = d.sacrum.rotated(back);
    node.sac = n < 2 ? .8 : .5;
    scene.canal.push_back(node);
    if (n > 0)
      bone.cuts.push_back(Primitive::plate(before, local, beforeDeep, node.halfDepth, across,
                                           (beforeWide / beforeDeep + node.halfWidth / node.halfDepth) / 2));
    else
      bone.cuts.push_back(Primitive::plate(local + VectorLps{0, 0, 14}, local, node.halfDepth, node.halfDepth,
                                           across, node.halfWidth / node.halfDepth));
    before = local;
    beforeWide = node.halfWidth;
    beforeDeep = node.halfDepth;
  }
  bone.tissueClass = std::uint8_t(TissueClass::Sacrum);
  bone.instance = std::uint8_t(scene.instances.size() + 1);
  bone.label = std::uint16_t(labelOf(Level::Sacrum));
  bone.finish();
  scene.instances.push_back({Level::Sacrum, bone.instance, d.sacrum.toOuter({0, 0, -15 * d.size})});
  scene.bones.push_back(std::move(bone));

  Bone coccyx;
  coccyx.label = std::uint16_t(labelOf(Level::Coccyx));
  coccyx.frame = d.sacrum;
  const SacralSegment& last = seg.back();
  const VectorLps down = normalized(last.bottom - last.top), forward{0, -1, 0};
  VectorLps at = last.bottom + down * (5 * d.size);
  for (int n = 0; n < 4; ++n) {
    const double r = (6.5 - 1.1 * n) * d.size;
    coccyx.parts.push_back(Primitive::plate(at, at + down * (4 * d.size), r * .6, r * .5, across, 1.5));
    at = at + normalized(down + forward * (.35 * (n + 1))) * (9 * d.size);
  }
  coccyx.finish();
  scene.bones.push_back(std::move(coccyx));
}

} // namespace spondyl

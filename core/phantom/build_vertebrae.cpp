#include "core/anatomy/codes.h"
#include "core/phantom/scene.h"

#include <algorithm>

namespace spondyl {

namespace {

/// Measures of one vertebra that its parts share; local frame, mm.
struct Plan {
  const PhantomVertebra& v;
  double a, b, cw, cd, pw, ph, h,
      disc;                     ///< half width and depth of the body, canal and pedicle half axes, height
  double canalY, backY;         ///< centre and back of the canal
  double pedicleZ, archY, size; ///< archY: where pedicle and articular processes meet

  Plan(const PhantomVertebra& vertebra, double patientSize)
      : v(vertebra), a(v.body.width / 2), b(v.body.depth / 2), cw(v.sizes.canalHalfWidth),
        cd(v.sizes.canalHalfDepth), pw(v.sizes.pedicleHalfWidth), ph(v.sizes.pedicleHalfHeight),
        h(v.sizes.height), disc(v.sizes.discBelow), canalY(b + cd + .4), backY(b + 2 * cd + .8),
        pedicleZ(v.level <= Level::C7 ? 0 : std::min(v.body.top.posterior, h / 2) - ph - 1),
        archY(b + 1.25 * cd + 1.5), size(patientSize) {}
};

constexpr VectorLps up{0, 0, 1};

VectorLps spinousDirection(const PhantomVertebra& v) {
  const double drop = v.sizes.spinousDropDeg * std::numbers::pi / 180;
  return {0, std::cos(drop), -std::sin(drop)};
}
VectorLps spinousStart(const Plan& p) {
  return {0, p.backY + 2.5, -.14 * p.h};
}

void addSpinous(const Plan& p, Bone& bone) {
  const VectorLps dir = spinousDirection(p.v), start = spinousStart(p),
                  tip = start + dir * p.v.sizes.spinousLength;
  const VectorLps across{0, -dir.z, dir.y};
  if (p.v.level >= Level::C2 && p.v.level <= Level::C6) {
    const VectorLps fork = start + dir * (p.v.sizes.spinousLength * .6);
    bone.parts.push_back(Primitive::plate(start, fork, 2.6, 2.2, across, 1.6));
    for (const double s : {-1.0, 1.0})
      bone.parts.push_back(Primitive::capsule(fork, tip + VectorLps{s * 4, 0, -1.5}, 2.2, 2.6));
    return;
  }
  const bool lumbar = region(p.v.level) == Region::Lumbar;
  const double half = lumbar ? .3 * p.h : .22 * p.h;
  bone.parts.push_back(
      Primitive::plate(start, tip - dir * 3, lumbar ? 3.2 : 2.6, lumbar ? 3.9 : 2.8, across, half / 3.2));
  bone.parts.push_back(Primitive::plate(tip - dir * 4, tip - dir * 3.5, lumbar ? 4.4 : 3.4,
                                        lumbar ? 4.4 : 3.4, across, half * (lumbar ? 1.1 : .9) / 4));
}

void addLaminae(const Plan& p, Bone& bone, double s) {
  const double half = (region(p.v.level) == Region::Thoracic ? .42 : .34) * p.h;
  const double thick = p.v.level <= Level::C7 ? 2.2 : 2.9;
  bone.parts.push_back(Primitive::plate({s * (p.cw + p.pw * .5), p.archY, -.02 * p.h},
                                        {s * p.cw * .55, p.backY + .8, -.1 * p.h}, thick + .6, thick, up,
                                        half / thick));
  bone.parts.push_back(Primitive::plate({s * p.cw * .55, p.backY + .8, -.1 * p.h},
                                        {0, p.backY + thick, -.14 * p.h}, thick, thick, up, half / thick));
}

void addCervicalSide(const Plan& p, Bone& bone, double s) {
  const double pillarX = p.cw + 5.2 * p.size, pillarY = p.b + p.cd * .75, reach = p.h / 2 + p.disc * .35;
  bone.parts.push_back(
      Primitive::capsule({s * (p.a - 2), p.b - 3, p.pedicleZ}, {s * pillarX, pillarY - 2, p.pedicleZ}, p.pw));
  bone.parts.push_back(Primitive::plate(
      {s * pillarX, pillarY - 1, reach - 3}, {s * pillarX, pillarY + 2.5, -reach + 2.5},
      4.3 * p.size * (1 + .2 * p.v.wear), 4.3 * p.size * (1 + .2 * p.v.wear), {1, 0, 0}, 1.25));
  // Transverse process: two bars round the foramen of the vertebral artery, joined at the tubercles.
  const double tip = p.v.sizes.transverseHalfSpan;
  const VectorLps anterior{s * (tip - 3), p.b - 8, -2}, posterior{s * (tip - 1), p.b + 1, -2.5};
  bone.parts.push_back(Primitive::capsule({s * (p.a - 1.5), 0, 0}, anterior, 2.4, 2.2));
  bone.parts.push_back(Primitive::capsule({s * pillarX, pillarY - 3, -1}, posterior, 3.0, 2.4));
  bone.parts.push_back(Primitive::capsule(anterior, posterior, 2.1, 2.2));
}

void addThoracicSide(const Plan& p, Bone& bone, double s) {
  bone.parts.push_back(Primitive::plate({s * (p.cw + p.pw), p.b - 4, p.pedicleZ},
                                        {s * (p.cw + p.pw + .5), p.archY - 1, p.pedicleZ - .5}, p.pw, p.pw,
                                        up, p.ph / p.pw));
  // Facets face back and front here.
  bone.parts.push_back(Primitive::plate({s * (p.cw + p.pw * .6), p.archY, p.pedicleZ - 3},
                                        {s * (p.cw + 1), p.archY - .5, p.h / 2 + 3.5}, 3.6, 2.6, {1, 0, 0},
                                        1.5));
  bone.parts.push_back(Primitive::plate({s * (p.cw + 1), p.archY + 1.5, -.1 * p.h},
                                        {s * p.cw * .85, p.backY + 1.5, -p.h / 2 - p.disc * .5 - 3}, 3.4, 2.6,
                                        {1, 0, 0}, 1.5));
  const double back = std::clamp(16 - .9 * (p.v.position - 7), 5.0, 16.0) * p.size;
  bone.parts.push_back(Primitive::capsule(
      {s * (p.cw + p.pw), p.archY, p.pedicleZ - 2},
      {s * (p.v.sizes.transverseHalfSpan - 4), p.archY + back, p.pedicleZ - .5}, 4.2, 4.6));
}

void addLumbarSide(const Plan& p, Bone& bone, double s) {
  const double facet = p.size * (1 + .3 * p.v.wear);
  const double facetX = p.cw + p.pw * .5 + 4.5;
  bone.parts.push_back(Primitive::plate({s * (p.cw + p.pw), p.b - 4, p.pedicleZ},
                                        {s * (p.cw + p.pw + .5), p.archY - 1, p.pedicleZ - .5}, p.pw, p.pw,
                                        up, p.ph / p.pw));
  bone.parts.push_back(Primitive::capsule({s * (facetX - 1), p.archY + 1, p.pedicleZ - 3},
                                          {s * facetX, p.archY + 2.5, p.h / 2 + p.disc * .4 + 3}, 5.4 * facet,
                                          4.7 * facet));
  // Mammillary process and pars, then the inferior process behind and medial to the facet of the level below.
  bone.parts.push_back(Primitive::capsule({s * facetX, p.archY + 6, p.h / 2 - 2},
                                          {s * (facetX - .5), p.archY + 7.5, p.h / 2 + 3}, 4.4));
  bone.parts.push_back(Primitive::capsule({s * (p.cw + p.pw * .6), p.archY + 1, p.pedicleZ - 4},
                                          {s * p.cw * .95, p.backY + 1, -.25 * p.h}, 4.2));
  bone.parts.push_back(Primitive::capsule({s * p.cw * .95, p.backY + 1, -.25 * p.h},
                                          {s * (p.cw * .9 - .5), p.backY + 2.5, -p.h / 2 - p.disc * .75 - 4},
                                          4.9 * facet, 4.7 * facet));
  const double thick = p.v.sacralised        ? 9.5
                       : p.v.position > 22.5 ? 5.2
                                             : 3.2,
               tip = p.v.sizes.transverseHalfSpan + (p.v.sacralised ? 4 : 0);
  bone.parts.push_back(
      Primitive::plate({s * (p.cw + p.pw + 1), p.archY - 5, p.pedicleZ - 2},
                       {s * (tip - 3), p.archY + 1, p.pedicleZ + (p.v.position > 22.5 ? 3 : -1)}, thick,
                       thick * .85, up, 1.7));
}

/// A flowing bridge in front and to the right, from half-way up this body to half-way through both discs.
void addBridge(const Plan& p, Bone& bone) {
  const double r = 3.2 * p.size, y = -p.b - 1;
  const double up2 = p.v.body.top.anterior + p.disc * .5, down = p.v.body.bottom.anterior - p.disc * .5;
  for (const double x : {-.45, -.1}) {
    const VectorLps middle{x * p.a * 1.2, y * .93, 0}, high{x * p.a, y - 1.5, up2},
        low{x * p.a, y - 1.5, down};
    bone.parts.push_back(Primitive::capsule(middle, high, r * .5, r).asBody());
    bone.parts.push_back(Primitive::capsule(middle, low, r * .5, r).asBody());
  }
}

Bone atlas(const PhantomVertebra& v, double k) {
  Bone bone;
  const auto at = [k](double x, double y, double z) { return VectorLps{x * k, y * k, z * k}; };
  bone.parts.push_back(Primitive::plate(at(-11, -6.5, 0), at(0, -10, 0), 3.0 * k, 3.2 * k, up, 1.6));
  bone.parts.push_back(Primitive::plate(at(0, -10, 0), at(11, -6.5, 0), 3.2 * k, 3.0 * k, up, 1.6));
  for (const double s : {-1.0, 1.0}) {
    bone.parts.push_back(
        Primitive::plate(at(s * 15.5, 1, -5), at(s * 18, 2, 6), 6.4 * k, 6.4 * k, {0, 1, 0}, 1.3));
    bone.parts.push_back(Primitive::capsule(at(s * 14, -3, 0), at(s * 11, -6.5, 0), 4 * k, 3.2 * k));
    const VectorLps arch[4] = {at(s * 17, 8, 1), at(s * 15, 19, 1), at(s * 8, 27, 0), at(0, 30, 0)};
    for (int n = 0; n < 3; ++n)
      bone.parts.push_back(Primitive::plate(arch[n], arch[n + 1], 2.8 * k, 2.8 * k, up, 1.4));
    bone.parts.push_back(Primitive::capsule(at(s * 18, 2, 0), at(s * 36, 4, -2), 4.6 * k, 4 * k));
    bone.cuts.push_back(Primitive::capsule(at(s * 27.5, 3, -12), at(s * 27.5, 3, 12), 3.3 * k));
  }
  bone.cuts.push_back(Primitive::plate(at(0, 15.5, -20), at(0, 15.5, 20), 11 * k, 11 * k, {1, 0, 0}, 1.2));
  bone.frame = v.frame;
  return bone;
}

Bone vertebra(const PhantomVertebra& v, double size) {
  if (v.level == Level::C1)
    return atlas(v, size);
  Bone bone;
  bone.frame = v.frame;
  bone.body = v.body;
  const Plan p(v, size);
  for (const double s : {-1.0, 1.0}) {
    if (v.level <= Level::C7)
      addCervicalSide(p, bone, s);
    else if (region(v.level) == Region::Thoracic)
      addThoracicSide(p, bone, s);
    else
      addLumbarSide(p, bone, s);
    if (!v.laminectomy)
      addLaminae(p, bone, s);
  }
  if (!v.laminectomy)
    addSpinous(p, bone);
  if (v.bridging)
    addBridge(p, bone);
  if (v.level == Level::C2) {
    const double y = -v.body.depth * .08, top = v.body.top.anterior;
    bone.parts.push_back(
        Primitive::capsule({0, y, top - 6}, {0, y, top + 13 * size}, 5.4 * size, 4.6 * size).asBody());
    for (const double s : {-1.0, 1.0})
      bone.parts.push_back(Primitive::plate({s * 10 * size, 2, top - 8}, {s * 15 * size, 3, top - 3.5},
                                            5.5 * size, 6 * size, {0, 1, 0}, 1.3));
  }
  const double reach = p.h / 2 + p.disc + 8;
  bone.cuts.push_back(
      Primitive::plate({0, p.canalY, -reach}, {0, p.canalY, reach}, p.cd, p.cd, {1, 0, 0}, p.cw / p.cd));
  return bone;
}

void addCanal(const SpineDescription& d, PhantomScene& scene) {
  Random random(d.seed, 30);
  const double sac = d.options.variation ? random.uniform(.78, .96) : .9;
  const double stenosis = d.options.pathology && random.chance(.2) ? random.uniform(.6, .9) : 1;
  for (const PhantomVertebra& v : d.vertebrae) {
    const Plan p(v, d.size);
    CanalNode node;
    node.x = v.frame.x;
    node.y = v.frame.y;
    node.sac = sac;
    if (v.level == Level::C1) {
      node.halfWidth = 13 * d.size;
      node.halfDepth = 11 * d.size;
      node.cordWidth = 6.2 * d.size;
      node.cordDepth = 4.6 * d.size;
      for (const double z : {21.0, 4.0}) {
        node.centre = v.frame.toOuter({0, 15.5 * d.size, z * d.size});
        scene.canal.push_back(node);
      }
      continue;
    }
    // Cord: thick in the neck and above the cone, which ends behind L1.
    const double cord = v.position < 8 ? 1.15 : v.position > 15 && v.position < 19 ? 1.0 : .85;
    if (v.position < 19.3) {
      node.cordWidth = std::min(5.2 * cord * d.size, p.cw * .62);
      node.cordDepth = std::min(3.6 * cord * d.size, p.cd * .62);
    } else if (v.position < 20.2) {
      node.cordWidth = node.cordDepth = 1.2;
    }
    node.halfWidth = p.cw;
    node.halfDepth = p.cd;
    node.centre = v.frame.toOuter({0, p.canalY, p.h * .3});
    scene.canal.push_back(node);
    node.centre = v.frame.toOuter({0, p.canalY, -p.h * .35});
    node.sac = sac * (.95 * stenosis);
    scene.canal.push_back(node);
  }
}

void addDiscs(const SpineDescription& d, PhantomScene& scene) {
  for (std::size_t n = 1; n < d.vertebrae.size(); ++n) {
    const PhantomVertebra& v = d.vertebrae[n];
    const bool lowest = n + 1 == d.vertebrae.size();
    DiscShape disc;
    disc.upperFrame = v.frame;
    disc.upper = v.body;
    disc.lowerFrame = lowest ? d.sacrum : d.vertebrae[n + 1].frame;
    disc.lower = lowest ? d.sacralBody : d.vertebrae[n + 1].body;
    disc.bulge = v.discBulge;
    disc.nucleus = v.nucleus;
    disc.label = std::uint16_t(discLabelBelow(v.level));
    disc.instance = std::uint8_t(n + 1);
    const PointLps high = v.frame.toOuter({0, 0, v.body.bottom.middle}),
                   low = disc.lowerFrame.toOuter({0, 0, disc.lower.top.middle});
    disc.centre = midpoint(high, low);
    disc.reach = std::hypot(v.body.width / 2 + 5, v.body.depth / 2 + 5, distance(high, low));
    scene.discs.push_back(disc);
  }
}

} // namespace

VectorLps pedicleCentre(const PhantomVertebra& v) {
  const Plan p(v, 1);
  return {p.cw + p.pw, p.b + p.cd * .35, p.pedicleZ};
}

VectorLps spinousTip(const PhantomVertebra& v) {
  const Plan p(v, 1);
  return spinousStart(p) + spinousDirection(v) * v.sizes.spinousLength;
}

void buildVertebrae(const SpineDescription& d, PhantomScene& scene) {
  Random random(d.seed, 20);
  scene.jointGap = d.options.variation ? random.uniform(.3, 1.4) : .8;
  for (std::size_t n = 0; n < d.vertebrae.size(); ++n) {
    Bone bone = vertebra(d.vertebrae[n], d.size);
    bone.tissueClass = std::uint8_t(TissueClass::Arch);
    bone.instance = std::uint8_t(n + 1);
    bone.label = std::uint16_t(labelOf(d.vertebrae[n].level));
    bone.finish();
    scene.bones.push_back(std::move(bone));
    scene.instances.push_back({d.vertebrae[n].level, std::uint8_t(n + 1), d.vertebrae[n].frame.origin});
  }
  addCanal(d, scene);
  addDiscs(d, scene);
}

} // namespace spondyl

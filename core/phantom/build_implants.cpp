#include "core/phantom/scene.h"

#include <algorithm>

namespace spondyl {

namespace {

void addScrews(const SpineDescription& d, PhantomScene& scene, Random& random) {
  const int count = int(d.vertebrae.size());
  const int length = 2 + random.below(4), first = std::max(8, count - length - random.below(9));
  for (const double s : {-1.0, 1.0}) {
    PointLps before{};
    for (int n = first; n < std::min(first + length, count); ++n) {
      const PhantomVertebra& v = d.vertebrae[std::size_t(n)];
      const VectorLps pedicle = pedicleCentre(v);
      const PointLps entry = v.frame.toOuter({s * (pedicle.x + 3), v.body.depth / 2 + 26, pedicle.z});
      const PointLps tip = v.frame.toOuter({s * pedicle.x * .55, -v.body.depth * .12, pedicle.z - 1});
      scene.metal.push_back(Primitive::capsule(entry - PointLps{}, tip - PointLps{},
                                               std::min(3.2, v.sizes.pedicleHalfWidth * .7), 2.4));
      scene.metal.push_back(Primitive::capsule(entry - PointLps{}, entry + v.frame.y * 8 - PointLps{}, 5.5));
      const PointLps head = entry + v.frame.y * 6;
      if (n > first)
        scene.metal.push_back(Primitive::capsule(before - PointLps{}, head - PointLps{}, 2.8));
      before = head;
    }
  }
}

} // namespace

void buildImplants(const SpineDescription& d, PhantomScene& scene) {
  if (!d.options.pathology)
    return;
  Random random(d.seed, 60);
  if (random.chance(.07))
    addScrews(d, scene, random);
  const bool cement = random.chance(.05);
  for (const PhantomVertebra& v : d.vertebrae) {
    if (!cement || v.level <= Level::C7 || !random.chance(.2))
      continue;
    for (int n = 0; n < 4; ++n) {
      const VectorLps at{random.uniform(-.25, .25) * v.body.width, random.uniform(-.3, .2) * v.body.depth,
                         random.uniform(-.2, .2) * v.sizes.height};
      scene.soft.push_back(
          {Primitive::ellipsoid(v.frame.toOuter(at) - PointLps{},
                                VectorLps{random.uniform(3, 8), random.uniform(3, 8), random.uniform(2, 6)}),
           Tissue::Cement});
    }
  }
  if (random.chance(.06)) { // a femoral head replaced
    const PointLps hip = d.hipAxis.toOuter({random.side() * d.hipHalfSpan, 0, 0});
    scene.metal.push_back(Primitive::ellipsoid(hip - PointLps{}, VectorLps{1, 1, 1} * d.femoralHeadRadius));
  }
}

PhantomScene buildScene(const SpineDescription& d, bool context) {
  PhantomScene scene;
  buildOutline(d, scene);
  buildVertebrae(d, scene);
  buildSacrum(d, scene);
  if (context) {
    buildThorax(d, scene);
    buildPelvis(d, scene);
    buildHead(d, scene);
    buildOrgans(d, scene);
    buildImplants(d, scene);
  }
  return scene;
}

} // namespace spondyl

#include "core/phantom/scene.h"

#include <algorithm>

namespace spondyl {

namespace {

/// Rib `number` (1-based; 0 = cervical) of one side; `share` shortens it.
Bone rib(const SpineDescription& d, const PhantomScene& scene, const PhantomVertebra& v, double s,
         double share, double number) {
  const double k = d.size;
  Bone bone;
  bone.tissueClass = std::uint8_t(TissueClass::Rib);
  bone.blend = 1.5;
  const VectorLps pedicle = pedicleCentre(v);
  const double tip = v.sizes.transverseHalfSpan, back = std::clamp(16 - .9 * (v.position - 7), 5.0, 16.0) * k;
  const double archY = v.body.depth / 2 + 1.25 * v.sizes.canalHalfDepth + 1.5;
  const PointLps head =
      v.frame.toOuter({s * (v.body.width / 2 + 2), v.body.depth / 2 - 3, v.sizes.height * .32});
  const PointLps neck =
      v.frame.toOuter({s * (pedicle.x + v.sizes.pedicleHalfWidth + 5), archY - 3, pedicle.z + 3});
  const PointLps tubercle = v.frame.toOuter({s * (tip + 2), archY + back - 6.5, pedicle.z + 2});
  // Round the chest: an ellipse inside the skin, sinking to the front.
  const double full = number <= 1    ? 125
                      : number <= 7  ? 150
                      : number <= 10 ? 150 - 14 * (number - 7)
                      : number <= 11 ? 85
                                     : 52;
  const double end = 20 + (full - 20) * share;
  const double drop = (number <= 1 ? 45 : 55 + 6 * std::min(number, 9.0)) * k;
  PointLps last = neck;
  double radius = 3.1 * k;
  const auto segment = [&](PointLps to, double r, VectorLps up, double stretch) {
    bone.parts.push_back(Primitive::plate(last - PointLps{}, to - PointLps{}, radius, r, up, stretch));
    last = to;
    radius = r;
  };
  bone.parts.push_back(Primitive::capsule(head - PointLps{}, neck - PointLps{}, 4.0 * k, 2.9 * k));
  segment(tubercle, 3.6 * k, {0, 0, 1}, 1.3);
  const int steps = std::max(2, int(std::lround(12 * share * full / 150)));
  for (int n = 1; n <= steps; ++n) {
    const double degrees = 28 + (end - 28) * n / steps, angle = degrees * std::numbers::pi / 180;
    if (degrees <= 28)
      continue;
    const double z = tubercle.z - drop * std::pow((degrees - 20) / 130, 1.2);
    const BodyOutline::Section o = scene.outline.at(z);
    const double shoulder = std::clamp((number - 1) / 4, 0.0, 1.0);
    const double a = (o.halfWidth - o.fat - o.wall - 2) * (.5 + .5 * shoulder) * (number < 1 ? .6 : 1),
                 b = o.halfDepth - o.fat - o.wall * .7 - 2;
    const double behind = std::min(o.centreY + b, tubercle.y + 10);
    const double c = std::cos(angle),
                 y = c > 0 ? o.centreY + (behind - o.centreY) * c : o.centreY + (b - 4) * c;
    PointLps p{o.centreX + s * std::max(a * std::sin(angle), std::abs(tubercle.x - o.centreX)), y, z};
    const VectorLps up = normalized(VectorLps{0, -.35, .94});
    segment(p, 2.9 * k, up, 1.9);
  }
  return bone;
}

/// An arm that lies beside the trunk: outside its outline, down to the hip.
void addForearm(const SpineDescription& d, PhantomScene& scene, double s, PointLps elbow) {
  const PointLps wrist = d.hipAxis.toOuter(VectorLps{s * 225, -10, 20} * d.size);
  const VectorLps apart{0, 9 * d.size, 0};
  Bone arm;
  arm.parts = {Primitive::capsule(elbow - apart - PointLps{}, wrist - apart * 1.6 - PointLps{}, 8 * d.size,
                                  7 * d.size),
               Primitive::capsule(elbow + apart - PointLps{}, wrist + apart * 1.6 - PointLps{}, 8 * d.size,
                                  6 * d.size)};
  arm.finish();
  scene.bones.push_back(std::move(arm));
  const PointLps shoulder = d.find(Level::T2)->frame.origin + VectorLps{s * 172, 8, -20} * d.size;
  const double flesh = (30 + 6 * d.habitus) * d.size;
  for (const auto& [tissue, r] : {std::pair{Tissue::Fat, flesh}, std::pair{Tissue::Muscle, flesh * .78}}) {
    scene.soft.push_back(
        {Primitive::capsule(shoulder - PointLps{}, elbow - PointLps{}, r * 1.1, r), tissue, false});
    scene.soft.push_back(
        {Primitive::capsule(elbow - PointLps{}, wrist - PointLps{}, r, r * .75), tissue, false});
  }
}

void addShoulder(const SpineDescription& d, PhantomScene& scene, double s) {
  const double k = d.size;
  const PhantomVertebra* t2 = d.find(Level::T2);
  const PointLps o = t2->frame.origin;
  const auto at = [&](double x, double y, double z) {
    return VectorLps{o.x + s * x * k, o.y + y * k, o.z + z * k};
  };
  Bone scapula;
  scapula.parts = {Primitive::triangle(at(72, 48, 10), at(150, 18, 12), at(88, 55, -120), 2.2),
                   Primitive::triangle(at(150, 18, 12), at(88, 55, -120), at(140, 22, -20), 2.6),
                   Primitive::capsule(at(74, 56, -8), at(150, 42, 26), 4, 6),
                   Primitive::capsule(at(150, 42, 26), at(170, 12, 30), 6),
                   Primitive::capsule(at(150, 10, 8), at(152, 12, -14), 9),
                   Primitive::capsule(at(148, 8, 14), at(140, -28, 14), 6)};
  Bone clavicle;
  clavicle.parts = {Primitive::capsule(at(22, -62, -25), at(75, -66, 0), 7, 5.5),
                    Primitive::capsule(at(75, -66, 0), at(162, 2, 30), 5.5, 6.5)};
  Bone humerus;
  const double lift =
      d.options.variation ? Random(d.seed, 45).uniform(-.5, 1) : 1; // arms beside the trunk, or overhead
  humerus.parts = {
      Primitive::capsule(at(174, 4, 0), at(178, 4, 2), 23),
      Primitive::capsule(at(178, 6, 0), lift < 0 ? at(196, 16, -230) : at(215, -60, 190), 14, 11)};
  if (lift < 0)
    addForearm(d, scene, s, PointLps{} + humerus.parts.back().b);
  for (Bone* bone : {&scapula, &clavicle, &humerus}) {
    bone->finish();
    scene.bones.push_back(std::move(*bone));
  }
}

void addSternum(const SpineDescription& d, PhantomScene& scene) {
  const PointLps t3 = d.find(Level::T3)->frame.origin, t9 = d.find(Level::T9)->frame.origin;
  Bone sternum;
  const auto front = [&](double z, double half) {
    const BodyOutline::Section o = scene.outline.at(z);
    return VectorLps{o.centreX, o.centreY - o.halfDepth + o.fat * .6 + half + 3, z};
  };
  const VectorLps top = front(t3.z - 12, 7), middle = front(t3.z - 55, 6), end = front(t9.z + 8, 6);
  sternum.parts = {Primitive::plate(top, middle, 6 * d.size, 5 * d.size, {1, 0, 0}, 4.2),
                   Primitive::plate(middle, end, 5 * d.size, 5 * d.size, {1, 0, 0}, 3.2),
                   Primitive::capsule(end, end + VectorLps{0, 3, -25}, 4, 2)};
  sternum.finish();
  scene.bones.push_back(std::move(sternum));
}

} // namespace

void buildThorax(const SpineDescription& d, PhantomScene& scene) {
  double number = 0;
  for (std::size_t n = 0; n < d.vertebrae.size(); ++n) {
    const PhantomVertebra& v = d.vertebrae[n];
    const bool thoracic = region(v.level) == Region::Thoracic;
    if (thoracic)
      number = (v.position - 7) * 11 / 11 + 1;
    for (int side = 0; side < 2; ++side) {
      if (v.ribLength[side] <= 0)
        continue;
      // A rib above the first or below the last is a short one.
      const double count = thoracic ? number : v.level <= Level::C7 ? .5 : 12;
      Bone bone = rib(d, scene, v, side == 0 ? -1 : 1, v.ribLength[side], count);
      const int order =
          v.level == Level::T13 || region(v.level) == Region::Lumbar ? 13 : static_cast<int>(v.level) - 7;
      bone.label = std::uint16_t(v.level <= Level::C7 ? 350 + side : (side == 0 ? 310 : 330) + order);
      bone.finish();
      const PointLps end = PointLps{} + bone.parts.back().b;
      if (thoracic && number < 10.5) { // cartilage goes on to the sternum
        const BodyOutline::Section o = scene.outline.at(end.z - 15);
        scene.soft.push_back(
            {Primitive::plate(bone.parts.back().b,
                              {o.centreX + (side == 0 ? -22.0 : 22.0), o.centreY - o.halfDepth + o.fat + 9,
                               end.z + (number > 6 ? 30 : 0)},
                              4.5, 5, {0, 0, 1}, 1.5),
             Tissue::Cartilage});
      }
      scene.bones.push_back(std::move(bone));
    }
  }
  addSternum(d, scene);
  for (const double s : {-1.0, 1.0})
    addShoulder(d, scene, s);
}

} // namespace spondyl

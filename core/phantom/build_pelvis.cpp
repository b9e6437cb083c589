#include "core/phantom/scene.h"

namespace spondyl {

namespace {

Bone hipBone(const SpineDescription& d, double s) {
  const double k = d.size;
  const PointLps hip = d.hipAxis.toOuter({s * d.hipHalfSpan, 0, 0});
  const auto at = [&](double x, double y, double z) {
    return VectorLps{hip.x + s * x * k, hip.y + y * k, hip.z + z * k};
  };
  // The auricular surface of the sacrum; the ilium lies just outside it.
  const auto sacral = [&](double x, double y, double z) {
    return d.sacrum.toOuter({s * x * k, y * k, z * k}) - PointLps{};
  };
  const VectorLps joint = sacral(61, 14, -22), jointLow = sacral(57, 20, -46),
                  spinePosterior = sacral(56, 36, -34);
  const VectorLps asis = at(33, -38, 76), crest = at(50, 14, 128), roof = at(3, 2, 31),
                  aiis = at(10, -26, 38);
  const VectorLps tuber = at(-22, 32, -54), notch = at(-8, 34, 8), pubis = at(-30, -32, -14),
                  symphysis = VectorLps{hip.x - s * (d.hipHalfSpan - 7 * k), hip.y - 48 * k, hip.z - 38 * k};
  const VectorLps crestBack = (crest + spinePosterior) * .5 + VectorLps{s * 6, 4, 18} * k;
  Bone bone;
  bone.label = std::uint16_t(s < 0 ? 304 : 305);
  bone.blend = 4;
  const double thin = 3.2 * k;
  bone.parts = {// Wing: thin plates between thick, marrow-filled bars.
                Primitive::triangle(asis, crest, roof, thin),
                Primitive::triangle(crest, crestBack, roof, thin),
                Primitive::triangle(crestBack, spinePosterior, joint, thin * 1.6),
                Primitive::triangle(crestBack, joint, roof, thin),
                Primitive::triangle(asis, aiis, roof, thin * 1.3),
                Primitive::capsule(asis, crest, 6.5 * k, 7.5 * k),
                Primitive::capsule(crest, crestBack, 7.5 * k, 7 * k),
                Primitive::capsule(crestBack, spinePosterior, 7 * k, 8 * k),
                Primitive::capsule(spinePosterior, jointLow, 8 * k, 7 * k),
                Primitive::capsule(joint, roof, 9.5 * k, 12 * k),
                Primitive::capsule(jointLow, notch, 8 * k, 11 * k),
                Primitive::capsule(joint, jointLow, 8.5 * k, 8 * k),
                Primitive::capsule(asis, aiis, 6 * k, 7 * k),
                Primitive::capsule(aiis, roof, 8 * k, 12 * k),
                Primitive::capsule(roof, notch, 12 * k, 11 * k),
                Primitive::capsule(notch, tuber, 10 * k, 14 * k),
                Primitive::capsule(roof, pubis, 9 * k, 8 * k),
                Primitive::capsule(pubis, symphysis, 8 * k, 9 * k),
                Primitive::capsule(symphysis, tuber, 7 * k, 7.5 * k),
                Primitive::capsule(at(-4, 2, 4), at(-5, 2, 2), d.femoralHeadRadius + 5 * k)};
  const double joints = d.femoralHeadRadius + 2.2 * k;
  bone.cuts = {Primitive::capsule(at(0, 0, 0), at(34, -8, -14), joints, joints + 9 * k)};
  return bone;
}

Bone femur(const SpineDescription& d, double s) {
  const double k = d.size;
  const PointLps hip = d.hipAxis.toOuter({s * d.hipHalfSpan, 0, 0});
  const auto at = [&](double x, double y, double z) {
    return VectorLps{hip.x + s * x * k, hip.y + y * k, hip.z + z * k};
  };
  Bone bone;
  bone.label = std::uint16_t(s < 0 ? 302 : 303);
  bone.blend = 5;
  bone.parts = {
      Primitive::ellipsoid(hip - PointLps{}, {d.femoralHeadRadius, d.femoralHeadRadius, d.femoralHeadRadius}),
      Primitive::capsule(at(6, 1, -5), at(44, 8, -34), 15 * k, 17 * k),
      Primitive::capsule(at(50, 12, -16), at(56, 12, -40), 12 * k, 15 * k),
      Primitive::capsule(at(46, 9, -45), at(38, 0, -260), 17 * k, 13 * k),
      Primitive::capsule(at(30, 18, -72), at(34, 14, -76), 9 * k, 9 * k)};
  return bone;
}

} // namespace

void buildPelvis(const SpineDescription& d, PhantomScene& scene) {
  for (const double s : {-1.0, 1.0}) {
    Bone hip = hipBone(d, s), thigh = femur(d, s);
    hip.finish();
    thigh.finish();
    scene.bones.push_back(std::move(hip));
    scene.bones.push_back(std::move(thigh));
  }
}

} // namespace spondyl

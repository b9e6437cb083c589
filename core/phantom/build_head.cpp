#include "core/phantom/scene.h"

namespace spondyl {

void buildHead(const SpineDescription& d, PhantomScene& scene) {
  const double k = d.size;
  // The head looks straight on whatever the neck does; its joint with the atlas is where the atlas is.
  const BoneFrame frame = BoneFrame{}.at(d.vertebrae.front().frame.origin);
  const auto at = [k](double x, double y, double z) { return VectorLps{x * k, y * k, z * k}; };
  Bone skull;
  skull.frame = frame;
  skull.blend = 3;
  skull.parts = {Primitive::ellipsoid(at(0, -4, 82), at(68, 88, 66)).asShell(3.2 * k),
                 Primitive::capsule(at(0, -16, 22), at(0, -40, 46), 7 * k, 9 * k),
                 Primitive::ellipsoid(at(0, -72, 22), at(30, 22, 26)).asShell(2.2 * k),
                 Primitive::plate(at(-22, -68, 2), at(22, -68, 2), 4 * k, 4 * k, {0, 1, 0}, 4)};
  for (const double s : {-1.0, 1.0}) {
    skull.parts.push_back(Primitive::capsule(at(s * 17, 0, 15), at(s * 19, 10, 17), 7 * k));
    skull.parts.push_back(Primitive::capsule(at(s * 19, 6, 20), at(s * 46, -4, 26), 7 * k, 9 * k));
    skull.parts.push_back(Primitive::capsule(at(s * 52, 6, 14), at(s * 50, 8, 0), 9 * k, 6 * k)); // mastoid
    skull.parts.push_back(Primitive::capsule(at(s * 52, -20, 28), at(s * 58, -62, 24), 3.5 * k, 4.5 * k));
  }
  skull.cuts = {
      Primitive::plate(at(0, 17, 0), at(0, 17, 44), 16 * k, 15 * k, {1, 0, 0}, .95)}; // foramen magnum
  Bone jaw;
  jaw.frame = frame;
  for (const double s : {-1.0, 1.0}) {
    jaw.parts.push_back(
        Primitive::plate(at(s * 50, -18, 20), at(s * 45, -28, -22), 4 * k, 4.5 * k, {0, 1, 0}, 2.4));
    jaw.parts.push_back(
        Primitive::plate(at(s * 45, -30, -24), at(s * 20, -82, -34), 4.5 * k, 5 * k, {0, 0, 1}, 2.0));
    jaw.parts.push_back(
        Primitive::plate(at(s * 20, -82, -34), at(0, -88, -36), 5 * k, 5 * k, {0, 0, 1}, 2.0));
  }
  Bone hyoid;
  hyoid.frame = frame;
  for (const double s : {-1.0, 1.0})
    hyoid.parts.push_back(Primitive::capsule(at(0, -46, -48), at(s * 20, -26, -46), 2.5 * k, 2 * k));
  Bone teeth;
  teeth.frame = frame;
  teeth.density = 1;
  for (const double s : {-1.0, 1.0})
    for (int n = 0; n < 7; ++n) {
      const double angle = n * .2, x = s * (4 + 22 * std::sin(angle)), y = -78 + 34 * (1 - std::cos(angle));
      teeth.parts.push_back(Primitive::capsule(at(x, y, -12), at(x, y - 1, -21), 3.2 * k));
      teeth.parts.push_back(Primitive::capsule(at(x, y, -9), at(x, y - 1, -1), 3.2 * k));
    }
  for (Bone* bone : {&skull, &jaw, &hyoid, &teeth}) {
    bone->finish();
    scene.bones.push_back(std::move(*bone));
  }
  const auto outer = [&](double x, double y, double z) { return frame.toOuter(at(x, y, z)) - PointLps{}; };
  scene.soft.push_back({Primitive::ellipsoid(outer(0, -4, 82), at(66, 86, 64)), Tissue::Brain});
  scene.soft.push_back(
      {Primitive::capsule(outer(0, -40, 12), outer(0, -58, -30), 9 * k, 10 * k), Tissue::Gas});
  scene.soft.push_back({Primitive::ellipsoid(outer(0, -58, -14), at(20, 24, 14)), Tissue::Muscle}); // tongue
  scene.soft.push_back({Primitive::ellipsoid(outer(0, -72, 22), at(26, 18, 22)), Tissue::Gas});
}

} // namespace spondyl

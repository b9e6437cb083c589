#include "core/phantom/brick.h"

#include <algorithm>

namespace spondyl {

namespace {

/// Where a point lies between two canal nodes: share of the way, and off the axis.
struct CanalPlace {
  double r2 = 1e9; ///< 1 on the wall of the canal
  double h = 0, x = 0, y = 0;
  int node = -1;
};

CanalPlace placeInCanal(const CanalNode& a, const CanalNode& b, PointLps p, int node) {
  const VectorLps ab = b.centre - a.centre, off = p - a.centre;
  const double along = dot(off, ab) / dot(ab, ab);
  if (along < -.3 || along > 1.3)
    return {}; // where the canal bends, pieces overlap
  const double h = std::clamp(along, 0.0, 1.0);
  const VectorLps across = off - ab * along;
  const double x = dot(across, a.x) * (1 - h) + dot(across, b.x) * h,
               y = dot(across, a.y) * (1 - h) + dot(across, b.y) * h;
  const double w = a.halfWidth + (b.halfWidth - a.halfWidth) * h,
               d = a.halfDepth + (b.halfDepth - a.halfDepth) * h;
  return {x * x / (w * w) + y * y / (d * d), h, x, y, node};
}

Tissue tissueInCanal(const CanalNode& a, const CanalNode& b, const CanalPlace& at) {
  const auto mix = [&at](double u, double v) { return u + (v - u) * at.h; };
  const double w = mix(a.halfWidth, b.halfWidth), d = mix(a.halfDepth, b.halfDepth), s = mix(a.sac, b.sac);
  if (at.r2 > 1)
    return Tissue::EpiduralFat;
  // The sac lies a little to the front; fat is behind it.
  const double y = at.y + d * (1 - s) * .5, sac = at.x * at.x / (w * w * s * s) + y * y / (d * d * s * s);
  if (sac > 1)
    return Tissue::EpiduralFat;
  const double cw = mix(a.cordWidth, b.cordWidth), cd = mix(a.cordDepth, b.cordDepth);
  if (cw > .6 && cd > .6 && at.x * at.x / (cw * cw) + y * y / (cd * cd) < 1)
    return Tissue::Cord;
  return b.cordWidth < 2 && y > .15 * d && sac < .72 ? Tissue::Roots : Tissue::Csf;
}

struct DiscPlace {
  bool inside = false, nucleus = false;
};
DiscPlace placeInDisc(const DiscShape& disc, PointLps p) {
  if (distance(p, disc.centre) > disc.reach)
    return {};
  const VectorLps low = disc.lowerFrame.toLocal(p);
  if (low.z < disc.lower.topZ(low.x, low.y))
    return {};
  const VectorLps high = disc.upperFrame.toLocal(p);
  if (high.z > disc.upper.bottomZ(high.x, high.y))
    return {};
  const double side = (disc.lower.outline(low.x, low.y) + disc.upper.outline(high.x, high.y)) / 2;
  return {side < disc.bulge, side < -.24 * disc.upper.depth};
}

/// Fat between muscles: thin sheets beside the spinous processes, between the erector muscles, in the wall.
bool isFatPlane(double sx, double sy, double wave) {
  if (sy < 6)
    return false;
  if (sx < .9 && sy > 70)
    return true;
  return (std::abs(sx - 27 - wave) < 1.1 && sy > 36 && sy < 66) ||
         (std::abs(sx - 54 + .4 * wave - .25 * (sy - 40)) < 1.3 && sy < 60);
}

/// `bone`: distance to the nearest bone, mm. `deep`: squared share of the outline within which the wall is
/// surely passed.
Tissue baseTissue(const BodyOutline::Section& o, PointLps p, double bone, double deep) {
  const double x = p.x - o.centreX, y = p.y - o.centreY;
  const double X = x / o.halfWidth, Y = y / o.halfDepth;
  const double x2 = X * X, y2 = Y * Y;
  const double sx = std::abs(p.x - o.spineX), sy = p.y - o.spineY;
  if (x2 + y2 > deep) {
    const double r2 = .65 * (x2 + y2) + .35 * std::sqrt(x2 * x2 + y2 * y2);
    if (r2 >= 1)
      return Tissue::Air;
    const double r = std::sqrt(r2), depth = std::sqrt(x * x + y * y) * (1 / std::max(r, 1e-3) - 1);
    if (depth < 1.8)
      return Tissue::Muscle;
    // The rind of fat is thicker behind.
    const double rind = o.fat * (1 + .4 * std::clamp(Y, -1.0, 1.0));
    if (depth < rind)
      return Tissue::Fat;
    if (depth < rind + o.wall)
      return isFatPlane(sx, sy, o.wave) ? Tissue::Fat : Tissue::Muscle;
  }
  if (o.lung > .3) {
    // The lungs reach back beside the bodies into the gutters before the ribs.
    const double gutter = 8 + 27 * std::clamp((sx - 14) / 22, 0.0, 1.0);
    if (sy > gutter)
      return isFatPlane(sx, sy, o.wave) ? Tissue::Fat : Tissue::Muscle;
    if (bone < 2.5)
      return Tissue::Muscle;
    const double t = std::clamp((-sy - 14) / 36, 0.0, 1.0), middle = 15 + 15 * t * t * (3 - 2 * t);
    return sx > middle || sy < -95 ? Tissue::Lung : Tissue::Fat;
  }
  const double back = -12 + .45 * std::max(0.0, sx - 30);
  if (sy < back)
    return Tissue::Fat;
  return isFatPlane(sx, sy, o.wave) ? Tissue::Fat : Tissue::Muscle;
}

bool touchesCanal(const PhantomScene& scene, int n, PointLps centre, double radius) {
  const CanalNode &a = scene.canal[std::size_t(n)], &b = scene.canal[std::size_t(n) + 1];
  const double reach = distance(a.centre, b.centre) / 2 + 1.5 * std::max(a.halfWidth, b.halfWidth);
  return distance(centre, midpoint(a.centre, b.centre)) < reach + radius;
}

} // namespace

void BlockScene::collect(const PhantomScene& scene, PointLps centre, double radius) {
  bones.clear();
  for (const Bone& bone : scene.bones)
    if (length(bone.frame.toLocal(centre) - bone.centre) <= bone.reach + radius + nearBone)
      bones.push_back(&bone);
  discs.clear();
  for (const DiscShape& disc : scene.discs)
    if (distance(centre, disc.centre) < disc.reach + radius)
      discs.push_back(&disc);
  canal.clear();
  for (std::size_t n = 0; n + 1 < scene.canal.size(); ++n)
    if (touchesCanal(scene, int(n), centre, radius))
      canal.push_back(int(n));
  const VectorLps c = centre - PointLps{};
  soft.clear();
  for (const SoftShape& s : scene.soft)
    if (length(c - s.shape.centre) < s.shape.reach + radius)
      soft.push_back(&s);
  metal.clear();
  for (const Primitive& p : scene.metal)
    if (length(c - p.centre) < p.reach + radius)
      metal.push_back(&p);
}

void BrickScene::collect(const PhantomScene& scene, const BlockScene& block, PointLps centre, double radius) {
  boneCount = 0;
  for (const Bone* bone : block.bones) {
    if (bones.size() == boneCount)
      bones.emplace_back();
    if (collectNear(*bone, bone->frame.toLocal(centre), radius + nearBone, bones[boneCount]))
      ++boneCount;
  }
  discs.clear();
  for (const DiscShape* disc : block.discs)
    if (distance(centre, disc->centre) < disc->reach + radius)
      discs.push_back(disc);
  canal.clear();
  for (const int n : block.canal)
    if (touchesCanal(scene, n, centre, radius))
      canal.push_back(n);
  const VectorLps c = centre - PointLps{};
  const auto touches = [&](const Primitive& p) {
    return length(c - p.centre) < p.reach + radius && distanceTo(p, c) < radius * 1.35;
  };
  soft.clear();
  const BodyOutline::Section o = scene.outline.at(centre.z);
  const double away = std::hypot((centre.x - o.centreX) / o.halfWidth, (centre.y - o.centreY) / o.halfDepth);
  const bool inner = (1 - away) * std::min(o.halfWidth, o.halfDepth) > 1.5 * radius;
  const double share = 1 - (1.4 * o.fat + o.wall + 2) / std::min(o.halfWidth, o.halfDepth) - .05;
  deep = share > 0 ? share * share : 0;
  cover.reset();
  for (const SoftShape* s : block.soft) {
    if (length(c - s->shape.centre) >= s->shape.reach + radius)
      continue;
    const double d = distanceTo(s->shape, c);
    if (d >= radius * 1.35)
      continue;
    if (d < -radius * 1.35 && inner) { // fills the brick: nothing below it shows
      soft.clear();
      cover = s->tissue;
    } else {
      soft.push_back(s);
    }
  }
  metal.clear();
  for (const Primitive* p : block.metal)
    if (touches(*p))
      metal.push_back(p);
  body = std::abs(centre.x - o.centreX) < o.halfWidth + radius + 20 &&
         std::abs(centre.y - o.centreY) < o.halfDepth + radius + 20;
}

namespace {

void fillBone(const PhantomScene& scene, const BrickScene& brick, PointLps p, VoxelValue& v) {
  double nearest = 1e9, second = 1e9;
  const Bone* owner = nullptr;
  bool body = false;
  for (std::size_t n = 0; n < brick.boneCount; ++n) {
    const BoneNear& near = brick.bones[n];
    const BoneDistance d = distanceTo(near, near.bone->frame.toLocal(p));
    if (d.distance < nearest) {
      second = nearest;
      nearest = d.distance;
      owner = near.bone;
      body = d.body;
    } else {
      second = std::min(second, d.distance);
    }
  }
  if (!owner)
    return;
  // Two bones never touch: the joint gap is cut out of both.
  const double d = std::max(nearest, (nearest - second + scene.jointGap) / 2);
  v.distance = std::int8_t(std::floor(std::clamp(d * 4, -127.0, 127.0) + .5));
  if (d >= 0)
    return;
  v.tissueClass = TissueClass(owner->tissueClass);
  v.instance = owner->instance;
  if (v.tissueClass == TissueClass::Arch) {
    if (body)
      v.tissueClass = TissueClass::Body;
    v.part = body ? 49 : 41;
  }
  if (owner->label < 60)
    v.label = owner->label;
}

} // namespace

VoxelValue evaluate(const PhantomScene& scene, const BrickScene& brick, PointLps p) {
  VoxelValue v;
  fillBone(scene, brick, p, v);
  Tissue tissue = brick.cover  ? *brick.cover
                  : brick.body ? baseTissue(scene.outline.at(p.z), p, v.distance * .25, brick.deep)
                               : Tissue::Air;
  const VectorLps c = p - PointLps{};
  for (const SoftShape* s : brick.soft)
    if ((tissue != Tissue::Air || !s->insideOnly) && distanceTo(s->shape, c) < 0)
      tissue = s->tissue;
  const bool bone = v.tissueClass != TissueClass::Background;
  bool disc = false;
  for (const DiscShape* shape : brick.discs) {
    const DiscPlace place = placeInDisc(*shape, p);
    if (!place.inside)
      continue;
    tissue = place.nucleus ? Tissue::Nucleus : Tissue::Annulus;
    disc = !bone;
    if (bone)
      continue;
    v.tissueClass = TissueClass::Disc;
    v.label = shape->label;
    v.instance = shape->instance;
  }
  CanalPlace place;
  for (const int n : brick.canal) {
    const CanalPlace here = placeInCanal(scene.canal[std::size_t(n)], scene.canal[std::size_t(n) + 1], p, n);
    if (here.r2 < place.r2)
      place = here;
  }
  if (place.r2 < 1.8 && !disc) {
    tissue =
        tissueInCanal(scene.canal[std::size_t(place.node)], scene.canal[std::size_t(place.node) + 1], place);
    if (place.r2 < 1 && !bone) {
      v.tissueClass = TissueClass::Canal;
      v.label = tissue == Tissue::Cord ? 60 : tissue == Tissue::EpiduralFat ? 61 : 62;
    }
  }
  v.tissue = std::uint8_t(tissue);
  for (const Primitive* metal : brick.metal)
    if (distanceTo(*metal, c) < 0)
      v.tissue |= metalBit;
  return v;
}

} // namespace spondyl

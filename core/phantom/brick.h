#pragma once
// What touches one brick of voxels, and what one voxel of it shows. Patient coordinates.

#include "core/phantom/scene.h"

#include <optional>

namespace spondyl {

constexpr double nearBone = 4; ///< mm: how far distances to bone are followed
constexpr int farAway = 127;   ///< bone distance of a voxel that is farther

/// The shapes whose spheres touch one block of bricks: what its bricks have to look at. Refilled for each.
struct BlockScene {
  std::vector<const Bone*> bones;
  std::vector<const DiscShape*> discs;
  std::vector<int> canal; ///< first of two nodes of PhantomScene::canal
  std::vector<const SoftShape*> soft;
  std::vector<const Primitive*> metal;

  void collect(const PhantomScene& scene, PointLps centre, double radius);
};

/// The shapes that may touch one brick; refilled for each.
struct BrickScene {
  std::vector<BoneNear> bones;
  std::vector<const DiscShape*> discs;
  std::vector<int> canal;
  std::vector<const SoftShape*> soft;
  std::optional<Tissue> cover; ///< a tissue that fills the whole brick, below `soft`
  std::vector<const Primitive*> metal;
  std::size_t boneCount = 0;
  bool body = true;
  double deep = 0; ///< see baseTissue()

  void collect(const PhantomScene& scene, const BlockScene& block, PointLps centre, double radius);
  bool isEmpty() const { return !body && boneCount == 0 && soft.empty() && metal.empty(); }
};

struct VoxelValue {
  TissueClass tissueClass = TissueClass::Background;
  std::uint8_t instance = 0, tissue = 0, part = 0;
  std::int8_t distance = farAway;
  std::uint16_t label = 0;
};

VoxelValue evaluate(const PhantomScene& scene, const BrickScene& brick, PointLps p);

} // namespace spondyl

#pragma once
// What lies around the vertebrae: discs, canal, and what tells their names (ribs, sacrum, skull).

#include "inference/pipelines/decode.h"
#include "inference/protocol/segmentation.h"

namespace spondyl::inference {

struct Surroundings {
  std::vector<LevelEvidence> evidence; ///< by vertebra, from above
  std::vector<std::uint32_t> canal;    ///< voxels, ascending
  FieldPoint sacrumCentre;
};

/// Discs are entered into `decoded.owner`.
Surroundings findSurroundings(const SpineField& field, Decoded& decoded, double discThreshold = 0.4);

} // namespace spondyl::inference

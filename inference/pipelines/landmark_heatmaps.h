#pragma once
// Landmarks of each vertebra by heat map, from level-aligned crops.
//
// The network's window is one channel of 2·z, y, x: the image and behind it, along z, the mask of the
// vertebra (body 1, posterior elements 0.5; negative on MR, where a body is its marrow). Its answer, as many
// numbers, is sixteen maps of half the crop's resolution, one after another, in the order of landmarkSites.
// In a map e^value / (1 + sum of e^value) is the probability that the landmark is there; the rest says "not
// in view".

#include "core/base/progress.h"
#include "inference/pipelines/level_crop.h"
#include "inference/protocol/model_package.h"

namespace spondyl::inference {

struct HeatmapPeak {
  CropPoint at;          ///< voxels of the crop
  double confidence = 0; ///< probability within two map voxels of the peak
};
/// `map`: one heat map of half of `crop` along each axis. Sub-voxel: the mean round its peak.
HeatmapPeak readHeatmap(std::span<const float> map, const Shape& crop);

/// What makes the volume's values the network's input, as its card says: what is NaN becomes `outside`.
struct CropInput {
  bool isMr = false;
  Normalisation normalisation;
  float outside = 0;
};
CropInput cropInputOf(const ModelCard& card, const Volume& volume, bool isMr);
CropShape cropShapeOf(const ModelCard& card);

/// Landmarks of the labelled vertebrae of `result` (labels on the volume's grid), from above. A place that is
/// not sure enough, or outside the crop, is not among them. Progress stage: "landmarks". Errors: Cancelled,
/// ModelDamaged, OutOfMemory.
Result<std::vector<ResultLandmark>>
findLandmarks(Network& network, const ModelCard& card, const Volume& volume, bool isMr,
              const SegmentResult& result, std::span<const std::uint16_t> labels, const JobContext& job);

} // namespace spondyl::inference

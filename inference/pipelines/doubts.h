#pragma once
// What makes a proposal less sure than its probabilities say, told from the image and the chain: metal,
// strong curves.

#include "inference/pipelines/decode.h"
#include "inference/protocol/segmentation.h"

namespace spondyl::inference {

constexpr double metalHounsfield = 2000; ///< above any bone or contrast medium on a 2 mm grid
constexpr double metalReachMm = 12;      ///< metal this near to a vertebra's voxels blurs its borders
constexpr double metalLeastMl = 0.15;
constexpr double metalConfidence = 0.6; ///< of a structure beside metal at most
constexpr double strongCurveDeg = 45;   ///< between two steps of the chain seen from the front

/// Places of metal: values (HU) of `grid` above `metalHounsfield`; NaN is not.
std::vector<PointLps> metalIn(const Grid& grid, std::span<const float> hounsfield);
/// By vertebra from above: whether there is metal beside it.
std::vector<bool> besideMetal(const SpineField& field, const Decoded& decoded,
                              std::span<const PointLps> metal);
/// Largest angle between two steps of the chain in the coronal plane, degrees; 0 for fewer than three.
double coronalBendDeg(std::span<const DecodedVertebra> vertebrae);
/// Notes at the vertebrae (where there is none yet) and warnings of the whole.
void tellDoubts(SegmentResult& result, const std::vector<bool>& besideMetal, double coronalBendDeg);

} // namespace spondyl::inference

#pragma once
// The course of a spine before it is built: how strongly each level shall lean, and what is broken or
// slipped.

#include "core/phantom/description.h"
#include "core/phantom/random.h"

namespace spondyl {

struct PlannedFracture {
  std::size_t vertebra = 0; ///< index in the description
  FractureShape shape = FractureShape::Wedge;
  double loss = 0;         ///< 0 … 0.9
  double upperShare = .75; ///< how much of it the upper end plate takes
};

struct SpinePlan {
  double sacralSlopeDeg = 38, pelvicTiltDeg = 13;
  /// Per vertebra: angle between its upper end plate and the upper end plate of the level below, degrees,
  /// lordotic positive; `kyphotic` is the part that the kyphosis scale multiplies.
  std::vector<double> lordotic, kyphotic;
  std::vector<double> sagittalNoise, coronalNoise; ///< degrees, in the disc
  std::vector<double> slipPercent;
  std::vector<double> concavity; ///< of each end plate, of half the height
  std::vector<PlannedFracture> fractures;
  double coronalAmplitudeDeg = 0; ///< largest tilt at scale 1; convex to the right if positive
  double coronalApex = 14;        ///< index of the vertebra
  double coronalLength = 16;      ///< levels of the whole curve
};

SpinePlan drawPlan(SpineDescription& description, Random& random);
/// Sets body heights, fractures, frames and pelvis of the description.
void realisePlan(SpineDescription& description, const SpinePlan& plan, double coronalScale,
                 double kyphosisScale);

} // namespace spondyl

#pragma once
// Network outputs to vertebra instances along one best chain; port of inference/training/decode.py, which is
// the reference. vote → smooth → local maxima → suppress → best chain → voxels to centres → fragments → chain
// ends → sacrum.

#include "core/image/label_map.h"
#include "inference/pipelines/spine_field.h"

#include <functional>

namespace spondyl::inference {

/// Every number that the decoder uses; lengths in mm.
struct DecodeParameters {
  double voteThreshold = 0.4;   ///< P(body) + P(arch) of a voxel that votes
  int followSteps = 2;          ///< times that a vote is moved on by the offset read where it fell
  double followThreshold = 0.3; ///< P(body) + P(arch) there; elsewhere a vote stays
  double followReach =
      0.4; ///< of the spacing at the level read there: a longer offset leads to another centre
  double bodyVoteWeight = 2.0; ///< a body voxel counts this often, an arch voxel once
  double smoothingMm = 3.0;    ///< Gaussian sigma over the vote map
  double beyondMm = 20.0;      ///< votes count this far outside the field: centres of cut vertebrae
  double peakMinimum = 0.15; ///< of the strongest peak, each by the volume expected at its level: weaker ones
                             ///< are ignored
  double suppression = 0.5;  ///< of the spacing expected at the stronger peak's level
  double gather = 0.5;       ///< of the spacing: votes within count as the peak's volume
  double relativeVolumeCap = 1.2;
  double minimumRelativeVolume = 0.12; ///< a peak below this cannot be a node of the chain
  double nodeCost = 0.35;              ///< each node has to earn this much
  double distanceWeight = 0.35;        ///< * |log(distance / expected)| ^ distancePower
  double distancePower = 1.5;
  double turningWeight = 1.0;      ///< * (1 - cos(angle between consecutive steps))
  double levelWeight = 0.10;       ///< * |level step read - steps expected by distance|
  double longestStep = 2.6;        ///< spacings
  double shortestStep = 0.45;      ///< spacings
  double steepestSideways = 1.0;   ///< |horizontal| <= this * vertical for a step
  double instanceThreshold = 0.35; ///< P(body) + P(arch) of a voxel given to an instance
  double instanceReach = 0.5;      ///< spacings between a voxel's vote and its centre
  double fragmentShare = 0.15;     ///< smaller components of an instance are dropped
  double minimumVolumeMl = 1.0;
  double endShare = 0.4; ///< chain end smaller than this share of its neighbour, both by the volume expected
                         ///< (a larger neighbour counts as one): dropped unless cut
  double sacralReachMm = 6.0;
  double sacralContact = 0.2;      ///< lowest instance: share of its voxels this near to the sacrum, and
  double sacralProbability = 0.05; ///< mean P(sacrum) in it, above which it is S1, not a vertebra
  double sacrumThreshold = 0.5;
  double sacrumMinimumMl = 20.0;

  double expectedSpacing(double level) const; ///< to the next centre below, mm
  double expectedVolume(double level) const;  ///< of a whole vertebra, mL
  double smallestShare() const;               ///< smallest expected volume / largest
};

/// A local maximum of the vote map.
struct Peak {
  FieldPoint position;
  double votes = 0;          ///< smoothed density
  double level = 0;          ///< weighted mean of the level numbers that voted for it
  double relativeVolume = 0; ///< volume that votes for it / volume expected at its level
  double bodyShare = 0;      ///< share of body voxels in that volume
};

struct DecodedVertebra {
  FieldPoint centre; ///< of its body voxels
  FieldPoint voted;
  double level = 0; ///< level number read
  double volumeMl = 0, bodyMl = 0;
  double voteSpreadMm = 0; ///< root mean square distance of its voxels' votes from `voted`
  bool whole = true;
  bool cutAbove = false, cutBelow = false; ///< by an edge well above or below its centre
};

struct Decoded {
  std::vector<DecodedVertebra> vertebrae; ///< from top to bottom
  std::vector<std::uint8_t> owner;   ///< per voxel of the field: vertebra n + 1, discOwner(n), sacrumOwner, 0
  std::vector<std::uint32_t> sacrum; ///< ascending
  bool sacrumWhole = true;
};
constexpr std::size_t mostVertebrae = 60;
constexpr std::uint8_t sacrumOwner = 255;
/// Of the disc below vertebra n (from 0); set by findSurroundings.
constexpr std::uint8_t discOwner(std::size_t n) {
  return std::uint8_t(101 + n);
}
constexpr bool isVertebraOwner(std::uint8_t owner) {
  return owner >= 1 && owner <= mostVertebrae;
}

/// Whether a voxel lies at the border of what was acquired.
using AtEdge = std::function<bool(std::uint32_t index)>;

/// The field's vertebra voxels with their votes moved on. Offsets far from a centre fall short of it (a
/// regression's mean over what could be), near a centre they are right: so a vote is moved on by the offset
/// read at the place where it fell.
std::vector<VertebraVoxel> followedVotes(const SpineField& field, const DecodeParameters& p);
std::vector<Peak> findPeaks(const SpineField& field, std::span<const VertebraVoxel> voxels,
                            const DecodeParameters& p);
/// Indices of the peaks on the best chain, top to bottom.
std::vector<std::size_t> bestChain(const std::vector<Peak>& peaks, const DecodeParameters& p);
Decoded decode(const SpineField& field, const AtEdge& atEdge, const DecodeParameters& p = {});

} // namespace spondyl::inference

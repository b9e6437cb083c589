#pragma once
// What a request for a scalar map asks and what comes back: plain values, shared by client, pipelines and
// worker. Two kinds of map lie on the input's grid:
//   Uncertainty: entropy of the network's class probabilities, averaged over the input and its left-right
//     mirrored copy, divided by the entropy of equal probabilities: 0 certain, 1 knows nothing.
//   Saliency: by how much the mean probability of one structure falls when a cube round that place is hidden
//     from the network, 0 to 1.
// Voxels are uint16, 65535 = 1. Outside of what was computed (ScalarMapResult::low, high) they are 0.

#include "inference/protocol/segmentation.h"

namespace spondyl::inference {

constexpr double scalarMapOne = 65535; ///< the stored value that means 1

enum class ScalarMapKind : std::uint8_t { Uncertainty, Saliency };
/// The structure whose probability saliency watches: classes body and arch; disc; sacrum; canal and cord.
enum class SaliencyTarget : std::uint8_t { Vertebra, Disc, Sacrum, Canal };

/// Edges along the patient's axes, mm: every coordinate of `low` is below that of `high`.
struct BoxLps {
  PointLps low, high;
  bool contains(PointLps p) const {
    return p.x >= low.x && p.y >= low.y && p.z >= low.z && p.x <= high.x && p.y <= high.y && p.z <= high.z;
  }
  bool operator==(const BoxLps&) const = default;
};

struct ScalarMapRequest {
  SegmentRequest network; ///< model and machine; its anchor plays no part
  ScalarMapKind kind = ScalarMapKind::Uncertainty;
  std::optional<BoxLps> box; ///< uncertainty: only here; none: the whole image
  SaliencyTarget target = SaliencyTarget::Vertebra;
  bool operator==(const ScalarMapRequest&) const = default;
};

struct ScalarMapResult {
  ScalarMapKind kind = ScalarMapKind::Uncertainty;
  BoxLps computed;    ///< the map is 0 outside
  double maximum = 0; ///< of the map, 0 to 1
  double mean = 0;    ///< uncertainty: of the voxels computed; saliency: the probability with nothing hidden
  int passes = 0;     ///< uncertainty: averaged at every place; saliency: runs of the network
  double cubeMm = 0;  ///< saliency: edge of what was hidden; the map is no finer
  std::vector<std::string> warnings;
  std::string modelName, modelVersion, weightsSha256, device;
  std::vector<StageTime> times;
  bool operator==(const ScalarMapResult&) const = default;
};

} // namespace spondyl::inference

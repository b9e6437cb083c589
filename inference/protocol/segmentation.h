#pragma once
// What a segmentation request asks and what comes back: plain values, shared by client, pipelines and worker.

#include "core/anatomy/level.h"
#include "core/anatomy/part.h"
#include "core/geometry/grid.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spondyl::inference {

/// The reader's anchor: "the vertebra at this point is L5".
struct ReaderAnchor {
  Level level = Level::L5;
  PointLps at;
  bool operator==(const ReaderAnchor&) const = default;
};

struct SegmentRequest {
  std::string modelFolder; ///< package folder; empty: the client takes the installed one for the modality
  std::string modality;    ///< "ct" or "mr"
  std::optional<ReaderAnchor> anchor;
  std::string device = "auto";  ///< auto | cpu | cuda[:N]
  int threads = 0;              ///< 0: all
  double memoryLimitGiB = 0;    ///< 0: what the machine has free
  std::string landmarkFolder{}; ///< package folder; the client fills it in; empty: no landmark network
  bool operator==(const SegmentRequest&) const = default;
};

/// One structure of the result; `label` is its number in the result's voxels.
struct ResultStructure {
  std::uint16_t label = 0; ///< running number in the voxel maps, from 1
  int vertebra = 0; ///< ResultVertebra::place it belongs to (a disc: the one above it); 0: none (canal)
  Part part = Part::None;
  double confidence = 0; ///< mean probability of its voxels, 0 to 1, lowered by scattered centre votes
  std::string note;      ///< why it is uncertain; empty if it is not
  int code =
      0; ///< number of codes.csv, from networks that give label maps: all of a result's structures or none
  bool operator==(const ResultStructure&) const = default;
};

/// What the naming of a vertebra rests on; travels with the result so that a reader's anchor re-runs naming
/// alone.
struct LevelEvidence {
  double levelNumber =
      0;                ///< mean of the network: C1 = 1 ... C7 = 7, T1 = 8 ... T12 = 19, L1 = 20 ... L5 = 24
  double ribLeftMl = 0; ///< rib within 6 mm of the vertebra, patient's left
  double ribRightMl = 0;
  double sacrumContactMl = 0; ///< sacrum within 16 mm of the vertebra
  bool discBelow = false;     ///< a disc of its own lies below
  double skullAboveMl = 0;    ///< other bone within 40 mm above it
  double bodyMl = 0, archMl = 0;
  double toNextMm = 0; ///< distance of body centres to the next one below; 0 for the last
  bool operator==(const LevelEvidence&) const = default;
};

struct ResultVertebra {
  int place = 0; ///< 1-based from above
  bool isSacrum = false;
  std::optional<Level> level;
  double confidence = 0; ///< of the name
  PointLps centroid;     ///< of the body (sacrum: of the whole)
  bool whole = true;
  std::string note;
  double volumeMl = 0;
  LevelEvidence evidence;
  bool operator==(const ResultVertebra&) const = default;
};

/// A place that a landmark network found; sites as in Landmark::site.
struct ResultLandmark {
  int vertebra = 0; ///< ResultVertebra::place
  std::string site;
  PointLps at;
  double confidence = 0; ///< probability that the landmark lies within some millimetres of `at`
  bool operator==(const ResultLandmark&) const = default;
};

struct ResultAlternative {
  int shift = 0;       ///< +1: every level one further caudal than named
  std::string variant; ///< "L6", "T13", "L4", "T11" or empty
  double probability = 0;
  std::vector<std::optional<Level>> levels; ///< by place
  bool operator==(const ResultAlternative&) const = default;
};

struct StageTime {
  std::string stage;
  double seconds = 0;
  bool operator==(const StageTime&) const = default;
};

/// Voxels lie beside it: bone-and-disc and canal label maps (uint16) on the input's grid.
/// No spine found: no structures, no vertebrae, a warning.
struct SegmentResult {
  std::vector<ResultStructure> structures;
  std::vector<ResultVertebra> vertebrae; ///< from above, sacrum last
  std::string naming = "ask";            ///< certain | assumed | ask
  std::string anchor = "none";           ///< levels.json "anchor"
  std::vector<std::string> anchors;      ///< all in view
  std::optional<std::string> variant;
  std::vector<ResultAlternative> alternatives;
  std::vector<std::string> warnings;
  std::string modelName, modelVersion, weightsSha256, device, precision;
  int threads = 0;
  double peakMemoryMiB = 0;
  std::vector<StageTime> times;
  std::vector<ResultLandmark> landmarks; ///< empty without a landmark network
  std::string landmarkModelName, landmarkModelVersion, landmarkWeightsSha256;
  bool operator==(const SegmentResult&) const = default;
};

} // namespace spondyl::inference

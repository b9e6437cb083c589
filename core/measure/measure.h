#pragma once
// Measurements are derived: pure functions of an effective case and its volume. One catalogue row each.
// Definitions: CLINICAL.md §3. Lengths mm, angles degrees, in patient space; a vertebra is measured in its
// own frame, never in the image's.

#include "core/case/case.h"
#include "core/geometry/plane.h"
#include "core/image/volume.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spondyl {

enum class MeasurementStatus : unsigned char { Ok, Missing, Unconfirmed, Overridden };
std::string measurementStatusName(MeasurementStatus status); ///< "ok", "missing", …

/// A segment or point that a measurement rests on, for drawing it.
struct MeasurementLine {
  PointLps from, to;
};

struct Measurement {
  std::string id;              ///< "body.height.anterior", see CLI.md
  InstanceId instance;         ///< a measurement between two levels belongs to the upper one
  std::string level;           ///< display name at the time, "L1"
  std::optional<double> value; ///< nullopt: missing
  std::string unit;            ///< UCUM: "mm", "deg", "%", "cm3", "[hnsf'U]", "1"
  MeasurementStatus status = MeasurementStatus::Missing;
  std::string reason; ///< why missing, or why overridden
  std::string note;   ///< how the value may be read: posture, kVp, convexity
  double confidence = 1.0;
  double error = 0; ///< standard deviation, in `unit`; 0: not known
  std::optional<double>
      byImage; ///< the value if borders lay where the image shows them; nullopt: it was not asked
  std::optional<double> normalLow, normalHigh;
  std::string normalSource;
  std::vector<std::string> from;      ///< landmark names, or structure names
  std::vector<MeasurementLine> lines; ///< what the view draws
  PointLps at;                        ///< where the views go

  /// Has a value beyond its normal range.
  bool isOutOfRange() const;
};

/// Catalogue row: what can be measured, how it is called and shown.
struct MeasurementDefinition {
  std::string id, name, unit;
  int decimals = 1;
  int version = 1; ///< part of the cache key; raised when the definition changes
};
const std::vector<MeasurementDefinition>& measurementCatalogue();
/// Of an id as it stands in a Measurement ("cobb.coronal.T5-L1" too); nullptr if there is none.
const MeasurementDefinition* measurementDefinition(std::string_view id);

/// Every measurement of the catalogue for every level, in chain order. `image` may be null (no HU then:
/// missing with a reason). Cobb and lordosis between chosen levels are asked for by `angles`; L1-S1 lordosis,
/// C2-C7 lordosis, T4-T12 kyphosis (where these levels are in view) and the largest lateral curve are always
/// there.
struct AngleRequest {
  std::string id; ///< "cobb.coronal", "lordosis", "kyphosis"
  InstanceId upper, lower;
};
std::vector<Measurement> measure(const Case& c, const std::string& seriesUid, const Volume* image,
                                 const std::vector<AngleRequest>& angles = {}, bool includeProposed = true);

/// The level's own planes: for level-aligned views and drawing.
struct LevelPlanes {
  Plane axial;    ///< mid-body; right = the patient's left in the picture, as axialPlane()
  Plane sagittal; ///< mid-sagittal of the vertebra
  Plane coronal;
  std::optional<Plane> discBelow; ///< bisector of the two facing end plates, through the disc's centre
};

/// Measurements, landmarks and planes of one spine from the same shapes, and remembers: each shape and each
/// row under its definition's version and the revisions of exactly what it read (labels and image), so that
/// whoever asks again computes nothing and a stroke on L3 recomputes what read L3. Equal to the functions of
/// the same names always. Thread-safe: one at a time.
class MeasurementCache {
 public:
  MeasurementCache();
  ~MeasurementCache();
  MeasurementCache(MeasurementCache&&) noexcept;
  MeasurementCache& operator=(MeasurementCache&&) noexcept;

  std::vector<Measurement> measure(const Case& c, const std::string& seriesUid, const Volume* image,
                                   const std::vector<AngleRequest>& angles = {}, bool includeProposed = true);
  std::vector<Landmark> allLandmarks(const EffectiveCase& c, const std::string& seriesUid,
                                     const Volume* image);
  std::optional<LevelPlanes> levelPlanes(const EffectiveCase& c, const std::string& seriesUid,
                                         const Volume* image, InstanceId instance);
  struct Work {
    std::size_t shapes = 0, rows = 0;                           ///< computed, not taken from memory
    std::vector<std::pair<std::string, InstanceId>> recomputed; ///< the rows
  };
  const Work& lastWork() const; ///< of the last call

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Landmarks computed from masks, and from a CT's edges near them, where none are drawn or proposed: body
/// corners, mid heights, centres, end plates, pedicles and spinous tip where the mask shows them; in the
/// vertebra's own frame (CLINICAL §3 b). `image` may be null.
std::vector<Landmark> landmarksFromMasks(const EffectiveCase& c, const std::string& seriesUid,
                                         const Volume* image = nullptr);

/// What is drawn or proposed and what the masks add, in chain order: the content of landmarks.json.
std::vector<Landmark> allLandmarks(const EffectiveCase& c, const std::string& seriesUid,
                                   const Volume* image = nullptr);

/// nullopt: no body labelled, or too little of it.
std::optional<LevelPlanes> levelPlanes(const EffectiveCase& c, const std::string& seriesUid,
                                       const Volume* image, InstanceId instance);

/// Fractures as the heights suggest them (Genant), with the probability that the measurements' errors leave;
/// they abstain near the threshold, where the neighbours cannot tell, and where mask and image disagree. Ids
/// are "fracture.LEVEL". Of `measurements` only the heights of bodies and discs are read.
std::vector<Finding> fractureFindings(const LevelChain& chain, const std::vector<Measurement>& measurements);

} // namespace spondyl

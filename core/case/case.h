#pragma once
// A Case: everything known of one patient's spine, as an immutable value. edit/Document is the only writer.

#include "core/case/mark.h"
#include "core/case/shared_list.h"
#include "core/case/structures.h"
#include "core/study/study.h"

#include <map>
#include <memory>

namespace spondyl {

using LayerId = Id<struct LayerTag>;
using ProposalId = Id<struct ProposalTag>;
using LandmarkKey = std::string; ///< "L3.superior.anterior": instance-bound, see Landmark
using FindingId = std::string;

/// One label map. Layers of one frame of reference lie in the same patient space; `kind` keeps nested things
/// apart.
struct LabelLayer {
  LayerId id;
  LayerKind kind = LayerKind::BoneAndDisc;
  std::string frameOfReferenceUid;
  std::string seriesUid; ///< whose grid the map has
  LabelMap map;
  bool operator==(const LabelLayer&) const = default;
};

/// A point on the anatomy. `site` is the part after the level in CLI.md's ids: "superior.anterior", "centre",
/// "pedicle.left", "spinous"; left and right are the patient's. hip.left/right have no instance.
struct Landmark {
  InstanceId instance;
  std::string site;
  PointLps position;
  double confidence = 1.0;
  ItemState state = ItemState::Proposed;
  Provenance provenance;
  bool operator==(const Landmark&) const = default;
};
/// "L3.superior.anterior" or "V2.centre" under the chain's present names; "hip.left".
std::string landmarkName(const Landmark& landmark, const LevelChain& chain);

struct Finding {
  FindingId id; ///< stable: a rejection survives a new run of the model
  InstanceId instance;
  std::string kind; ///< "fracture", …
  std::optional<int> grade;
  std::string shape; ///< "wedge", "biconcave", "crush" or empty
  double probability = 0.0;
  bool abstained = false;
  std::vector<std::string> evidence; ///< measurement ids and levels it rests on
  ItemState state = ItemState::Proposed;
  Provenance provenance;
  bool operator==(const Finding&) const = default;
};

/// A reader's value in place of a computed one, with the reason.
struct MeasurementOverride {
  std::string measurementId; ///< "body.height.anterior"
  InstanceId instance;
  double value = 0;
  std::string unit, reason, by, when;
  bool operator==(const MeasurementOverride&) const = default;
};

/// Confirmation of a measurement's or grade's value; stale once the computed value differs.
struct MeasurementConfirmation {
  std::string measurementId;
  InstanceId instance;
  double value = 0;
  std::string by, when;
  bool operator==(const MeasurementConfirmation&) const = default;
};

/// What a network or an imported file proposes: shown beside what is there, accepted whole or per structure.
/// AddProposal moves its structure, instance and layer ids beyond all that the case has given out, so they
/// are unique in the case, in the effective case and after accepting (the first proposal of a case keeps its
/// numbers).
struct Proposal {
  ProposalId id;
  std::string seriesUid;
  std::string frameOfReferenceUid;
  Provenance provenance;
  std::string inputDigest; ///< of what it was computed from; stale when that changes
  StructureTable structures;
  LevelChain chain;
  std::vector<LabelLayer> layers;
  std::vector<Landmark> landmarks;
  std::vector<Finding> findings;
  std::vector<std::string> warnings;
  /// Per structure of the proposal: what became of it (absent: waiting). Id 0: landmarks and findings whose
  /// instance has no structure here.
  std::map<StructureId, ItemState> decided;
  /// Its instances that the case had already (by overlap of voxels) when it was added or last accepted from.
  std::map<InstanceId, InstanceId> matches;

  bool isOpen() const; ///< something still waits for a decision
  bool isWaiting(StructureId structure) const {
    return structures.find(structure) && !decided.count(structure);
  }
  /// A landmark or finding of this instance still waits for a decision.
  bool itemsWait(InstanceId instance) const;
  /// The case's instance for one of this proposal's.
  InstanceId inCase(InstanceId instance) const {
    const auto it = matches.find(instance);
    return it == matches.end() ? instance : it->second;
  }
  bool operator==(const Proposal&) const = default;
};
using ProposalPtr = std::shared_ptr<const Proposal>;

struct KeyImage {
  std::string id;
  std::string seriesUid;
  PointLps at;
  std::string view; ///< "sagittal", "axial", "coronal", "3d"
  std::string caption;
  double windowCentre = 0, windowWidth = 0;
  bool operator==(const KeyImage&) const = default;
};

struct ReportText {
  std::string impression, referrer, reader;
  bool operator==(const ReportText&) const = default;
};

struct Case {
  std::string id; ///< UUID
  Patient patient;
  SharedList<Study> studies; ///< shared by the states of the history
  StructureTable structures;
  LevelChain chain;
  std::vector<LabelLayer> layers;
  std::vector<Landmark> landmarks;
  std::vector<Finding> findings;
  std::vector<MeasurementOverride> overrides;
  std::vector<MeasurementConfirmation> confirmations;
  std::vector<ProposalPtr> proposals;
  std::vector<KeyImage> keyImages;
  Marks marks;                               ///< what was drawn, in the order it was drawn
  std::vector<LineCalibration> calibrations; ///< at most one a stack
  ReportText report;
  std::uint32_t nextInstance = 1, nextLayer = 1, nextProposal = 1;

  const LabelLayer* layer(LayerId id) const;
  /// The layer of this kind on the series' own grid, else in its frame of reference.
  const LabelLayer* layerFor(const std::string& seriesUid, LayerKind kind) const;
  const Series* series(const std::string& seriesUid) const;
  const Proposal* proposal(ProposalId id) const;
  const Landmark* landmark(InstanceId instance, std::string_view site) const;
  const LineCalibration* calibration(const std::string& seriesUid, int stack) const;
};
using CasePtr = std::shared_ptr<const Case>;

/// Equal content. Label maps compare by voxels, proposals by value.
bool sameContent(const Case& a, const Case& b);
/// 64-bit hash of the whole content; equal content gives equal hashes, independent of sharing.
std::uint64_t contentHash(const Case& c);

/// What there is to see and measure: the accepted items, and those proposed ones that wait for a decision
/// (their states stay Proposed); nothing rejected. Voxels that are accepted or that a person touched win over
/// proposed ones, later proposals over earlier ones. Ids are those of the case and of its proposals, which
/// never collide; `fromProposal` and `instancesFromProposal` tell what is not accepted yet. Edits may name
/// these ids: what they touch is accepted on the way. Without `includeProposed` only edited and confirmed
/// items are listed (label maps may still hold ids that are not in the table). Bricks are shared wherever one
/// source alone fills them.
struct EffectiveCase {
  StructureTable structures;
  LevelChain chain;
  std::vector<LabelLayer> layers;
  std::vector<Landmark> landmarks;
  std::vector<Finding> findings;
  std::map<StructureId, std::pair<ProposalId, StructureId>> fromProposal;
  std::map<InstanceId, std::pair<ProposalId, InstanceId>> instancesFromProposal;

  /// The layer of this kind on the series' own grid, else in its frame of reference (may be empty: none).
  const LabelLayer* layerFor(const std::string& seriesUid, const std::string& frameOfReferenceUid,
                             LayerKind kind) const;
  const Landmark* landmark(InstanceId instance, std::string_view site) const;
};
EffectiveCase effective(const Case& c, bool includeProposed = true);

} // namespace spondyl

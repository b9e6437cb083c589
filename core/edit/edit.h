#pragma once
// Everything that can change a Case, as plain structs with a verb. apply(Case, Edit) gives the next Case and
// one Changes. Undo picks the earlier Case: no inverse code exists.

#include "core/case/case.h"
#include "core/geometry/plane.h"
#include "core/geometry/units.h"

#include <variant>

namespace spondyl {

struct AddStudy {
  Study study;
  Patient patient;
};
struct AddProposal {
  Proposal proposal;
}; ///< its id is given on applying
/// Empty `structures`: all that wait. Voxels that a person touched keep their value unless
/// `overwriteTouched`; with it, structures that are named are taken again even if they were decided before.
struct AcceptProposal {
  ProposalId proposal;
  std::vector<StructureId> structures;
  bool overwriteTouched = false;
};
struct RejectProposal {
  ProposalId proposal;
  std::vector<StructureId> structures;
};

enum class BrushShape : unsigned char { Circle, Sphere };
/// Which voxels a stroke may change.
enum class EditInside : unsigned char { Anything, BackgroundOnly, ThisOnly };
/// Along `path` (mm, consecutive points joined by straight capsules). Circle: the disc in `plane`, through
/// the slab of voxels whose centres lie within half a voxel step (along the normal) of the plane. `target` 0
/// erases.
struct PaintStroke {
  std::string seriesUid;
  LayerKind layer = LayerKind::BoneAndDisc;
  StructureId target;
  EditInside inside = EditInside::Anything;
  StructureId only; ///< with ThisOnly: the structure that may be painted over / erased
  BrushShape shape = BrushShape::Sphere;
  Mm radius{3};
  Plane plane;
  std::vector<PointLps> path;
};
/// A new, empty structure to paint on: a vertebra inserted into the chain, a disc, a canal …
struct CreateStructure {
  Part part = Part::Vertebra;
  InstanceId instance;
  int label = 0;
  std::optional<PointLps> at;
};
struct DeleteStructures {
  std::vector<StructureId> structures;
};
struct MergeInstances {
  InstanceId keep, absorb;
}; ///< same parts join, the absorbed one leaves the chain
struct SplitInstance {
  InstanceId instance;
  Plane plane;
}; ///< the caudal side becomes a new instance below
struct RenameChain {
  InstanceId instance;
  Level level;
}; ///< "this is L4": names the whole chain
struct RenameOne {
  InstanceId instance;
  std::optional<Level> level;
};
struct ChooseAlternative {
  std::size_t alternative = 0;
};
struct MoveLandmark {
  InstanceId instance;
  std::string site;
  PointLps to;
};
struct RemoveLandmark {
  InstanceId instance;
  std::string site;
};
/// A heavy edit computed by a job (smooth, island …): swaps bricks.
struct ReplaceBricks {
  LayerId layer;
  std::vector<std::pair<std::size_t, BrickPtr>> bricks;
  std::string verb;
};
struct ConfirmLevel {
  InstanceId instance;
}; ///< structures, landmarks and findings of a level
struct ConfirmAll {};
struct SetFindingState {
  FindingId finding;
  ItemState state = ItemState::Confirmed;
};
struct SetFinding {
  Finding finding;
}; ///< adds, or replaces the one with this id
struct SetOverride {
  MeasurementOverride value;
};
struct ClearOverride {
  std::string measurementId;
  InstanceId instance;
};
struct ConfirmMeasurement {
  MeasurementConfirmation value;
};
struct AddKeyImage {
  KeyImage image;
};
struct RemoveKeyImage {
  std::string id;
};
struct PutMark {
  Mark mark;
}; ///< adds, or replaces the one with this id
struct RemoveMark {
  std::uint32_t id = 0;
};
/// In place of the stack's earlier one. `revalued`: marks whose values it changes.
struct SetCalibration {
  LineCalibration value;
  Marks revalued;
};
struct ClearCalibration {
  std::string seriesUid;
  int stack = 0;
  Marks revalued;
};
struct SetReportText {
  ReportText text;
};

using Edit =
    std::variant<AddStudy, AddProposal, AcceptProposal, RejectProposal, PaintStroke, CreateStructure,
                 DeleteStructures, MergeInstances, SplitInstance, RenameChain, RenameOne, ChooseAlternative,
                 MoveLandmark, RemoveLandmark, ReplaceBricks, ConfirmLevel, ConfirmAll, SetFindingState,
                 SetFinding, SetOverride, ClearOverride, ConfirmMeasurement, AddKeyImage, RemoveKeyImage,
                 PutMark, RemoveMark, SetCalibration, ClearCalibration, SetReportText>;

/// "PaintStroke", for the audit list and the undo menu.
std::string verb(const Edit& edit);

/// What an edit changed: ids and kinds, no values. Views pull from the snapshot.
struct Changes {
  bool studies = false, structures = false, chain = false, landmarks = false, findings = false,
       measurements = false;
  bool proposals = false, keyImages = false, marks = false, report = false;
  std::vector<LayerId> layers;       ///< whose voxels changed
  std::vector<InstanceId> instances; ///< touched by the change, where known
  IndexBox voxels;                   ///< box of changed voxels in layers.front(), empty if none
  bool any() const;
};

struct Applied {
  CasePtr next;
  Changes changes;
};

/// Who edits, for provenance and the audit list.
struct EditContext {
  std::string person;
  std::string when; ///< ISO 8601 UTC
};

/// Pure. An edit that changes nothing returns the same pointer and empty Changes. Errors: UnknownItem,
/// InvalidEdit, GridMismatch.
Result<Applied> apply(const CasePtr& from, const Edit& edit, const EditContext& context);

} // namespace spondyl

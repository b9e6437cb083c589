#pragma once
// The next Case while one edit is being applied; internal to core/edit.

#include "core/edit/edit.h"

#include <functional>
#include <set>

namespace spondyl::detail {

struct Draft {
  Case next;
  Changes changes;
  const EditContext& context;

  void noteInstance(InstanceId instance);
  void noteVoxel(LayerId layer, IndexIjk v);
  void noteVoxels(LayerId layer, const IndexBox& box);
  Provenance byPerson() const;
  void addEditor(Provenance& provenance) const;
  /// The person worked on this structure: provenance, and Proposed becomes Edited.
  void markEdited(StructureId id);
  Proposal& editProposal(ProposalId id); ///< a copy of its own in `next`; the id must exist
};

Error unknown(const char* kind, std::uint64_t id);
Error invalid(const char* verb, std::string reason);

/// Takes waiting structures of a proposal into the case: voxels, table, chain, and the landmarks and findings
/// that then have nothing left to wait for (findings stay proposed: they are confirmed one by one or with
/// their level). Where the case has the same part of the same vertebra, that structure is replaced under its
/// id. Accepted voxels of other structures and touched voxels keep their value; with `overwriteTouched` only
/// the former.
void acceptStructures(Draft& draft, ProposalId proposal, const std::set<StructureId>& structures,
                      ItemState state, bool overwriteTouched);
void rejectStructures(Draft& draft, ProposalId proposal, const std::set<StructureId>& structures);

/// The case's structure for an id of the effective case; what was only proposed is accepted as Edited.
/// Errors: UnknownItem.
Result<StructureId> adoptStructure(Draft& draft, StructureId id);
/// The same for all that waits of an instance. Errors: UnknownItem.
Status adoptInstance(Draft& draft, InstanceId instance, ItemState state = ItemState::Edited);

/// Renames voxels: `newId(old id, voxel)` is asked for voxels that hold one of `ids`; touched bits stay,
/// unless `forgetTouch`.
void relabel(Draft& draft, const std::set<StructureId>& ids,
             const std::function<StructureId(const Grid&, StructureId, IndexIjk)>& newId,
             bool forgetTouch = false);

/// Gives the names after an entry came or went: keeps those on the side of the sacrum (if it is in the
/// chain), else those above, and counts the others anew. Leaves everything as it is if `wasConsistent` is
/// false or nothing fits.
void recount(LevelChain& chain, bool wasConsistent);
/// Every entry is named, and as counting from the first one names it.
bool isConsistent(const LevelChain& chain);

Status edit(Draft& draft, const AddStudy& e);
Status edit(Draft& draft, const AddProposal& e);
Status edit(Draft& draft, const AcceptProposal& e);
Status edit(Draft& draft, const RejectProposal& e);
Status edit(Draft& draft, const PaintStroke& e);
Status edit(Draft& draft, const CreateStructure& e);
Status edit(Draft& draft, const DeleteStructures& e);
Status edit(Draft& draft, const MergeInstances& e);
Status edit(Draft& draft, const SplitInstance& e);
Status edit(Draft& draft, const RenameChain& e);
Status edit(Draft& draft, const RenameOne& e);
Status edit(Draft& draft, const ChooseAlternative& e);
Status edit(Draft& draft, const MoveLandmark& e);
Status edit(Draft& draft, const RemoveLandmark& e);
Status edit(Draft& draft, const ReplaceBricks& e);
Status edit(Draft& draft, const ConfirmLevel& e);
Status edit(Draft& draft, const ConfirmAll& e);
Status edit(Draft& draft, const SetFindingState& e);
Status edit(Draft& draft, const SetFinding& e);
Status edit(Draft& draft, const SetOverride& e);
Status edit(Draft& draft, const ClearOverride& e);
Status edit(Draft& draft, const ConfirmMeasurement& e);
Status edit(Draft& draft, const AddKeyImage& e);
Status edit(Draft& draft, const RemoveKeyImage& e);
Status edit(Draft& draft, const PutMark& e);
Status edit(Draft& draft, const RemoveMark& e);
Status edit(Draft& draft, const SetCalibration& e);
Status edit(Draft& draft, const ClearCalibration& e);
Status edit(Draft& draft, const SetReportText& e);

} // namespace spondyl::detail

#include "core/edit/draft.h"

namespace spondyl {
namespace detail {

void Draft::noteInstance(InstanceId instance) {
  if (instance &&
      std::find(changes.instances.begin(), changes.instances.end(), instance) == changes.instances.end())
    changes.instances.push_back(instance);
}

void Draft::noteVoxel(LayerId layer, IndexIjk v) {
  noteVoxels(layer, {v, v});
}

void Draft::noteVoxels(LayerId layer, const IndexBox& box) {
  if (box.isEmpty())
    return;
  if (std::find(changes.layers.begin(), changes.layers.end(), layer) == changes.layers.end())
    changes.layers.push_back(layer);
  if (changes.layers.front() != layer)
    return;
  changes.voxels.include(box.low);
  changes.voxels.include(box.high);
}

Provenance Draft::byPerson() const {
  Provenance provenance;
  provenance.origin = Provenance::Origin::Person;
  provenance.name = context.person;
  provenance.when = context.when;
  return provenance;
}

void Draft::addEditor(Provenance& provenance) const {
  auto& editors = provenance.editedBy;
  if (std::find(editors.begin(), editors.end(), context.person) == editors.end())
    editors.push_back(context.person);
}

void Draft::markEdited(StructureId id) {
  const Structure* present = next.structures.find(id);
  if (!present)
    return;
  Structure edited = *present;
  addEditor(edited.provenance);
  if (edited.state == ItemState::Proposed)
    edited.state = ItemState::Edited;
  noteInstance(edited.instance);
  if (edited == *present)
    return;
  next.structures.update(edited);
  changes.structures = true;
}

Proposal& Draft::editProposal(ProposalId id) {
  const auto at = std::find_if(next.proposals.begin(), next.proposals.end(),
                               [&](const ProposalPtr& p) { return p->id == id; });
  auto copy = std::make_shared<Proposal>(**at);
  *at = copy;
  changes.proposals = true;
  return *copy;
}

Error unknown(const char* kind, std::uint64_t id) {
  return fail(ErrorCode::UnknownItem, {kind, std::to_string(id)}, "apply");
}
Error invalid(const char* verb, std::string reason) {
  return fail(ErrorCode::InvalidEdit, {verb, std::move(reason)}, "apply");
}

} // namespace detail

namespace {
/// In the order of Edit's alternatives.
constexpr const char* verbs[] = {
    "AddStudy",        "AddProposal",        "AcceptProposal",   "RejectProposal", "PaintStroke",
    "CreateStructure", "DeleteStructures",   "MergeInstances",   "SplitInstance",  "RenameChain",
    "RenameOne",       "ChooseAlternative",  "MoveLandmark",     "RemoveLandmark", "ReplaceBricks",
    "ConfirmLevel",    "ConfirmAll",         "SetFindingState",  "SetFinding",     "SetOverride",
    "ClearOverride",   "ConfirmMeasurement", "AddKeyImage",      "RemoveKeyImage", "PutMark",
    "RemoveMark",      "SetCalibration",     "ClearCalibration", "SetReportText"};
static_assert(std::size(verbs) == std::variant_size_v<Edit>);
} // namespace

std::string verb(const Edit& edit) {
  if (const auto* computed = std::get_if<ReplaceBricks>(&edit); computed && !computed->verb.empty())
    return computed->verb;
  return verbs[edit.index()];
}

bool Changes::any() const {
  return studies || structures || chain || landmarks || findings || measurements || proposals || keyImages ||
         marks || report || !layers.empty();
}

Result<Applied> apply(const CasePtr& from, const Edit& edit, const EditContext& context) {
  detail::Draft draft{*from, {}, context};
  SPONDYL_CHECK(std::visit([&](const auto& e) { return detail::edit(draft, e); }, edit));
  if (!draft.changes.any())
    return Applied{from, {}};
  return Applied{std::make_shared<const Case>(std::move(draft.next)), std::move(draft.changes)};
}

} // namespace spondyl

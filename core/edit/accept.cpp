#include "core/case/merge.h"
#include "core/edit/draft.h"

namespace spondyl::detail {
namespace {

/// What accepting does to each structure id.
struct AcceptTable {
  std::vector<std::uint16_t> becomes =
      std::vector<std::uint16_t>(std::size_t(1) << 16); ///< proposal's id → case's; 0: not accepted
  std::vector<char> replaced = std::vector<char>(std::size_t(1) << 16); ///< case's ids that are replaced
  bool anyReplaced = false, renames = false;

  bool takesWhole(const LabelBrick& brick) const {
    return !renames &&
           std::all_of(brick.ids.begin(), brick.ids.end(), [&](auto id) { return becomes[id] == id; });
  }
};

BrickPtr acceptedBrick(const BrickPtr& mine, const BrickPtr& theirs, const AcceptTable& table,
                       bool overwriteTouched) {
  if (!theirs && !(mine && table.anyReplaced))
    return mine;
  if (!mine && table.takesWhole(*theirs))
    return theirs;
  auto out = mine ? std::make_shared<LabelBrick>(*mine) : std::make_shared<LabelBrick>();
  bool changed = false;
  for (std::size_t v = 0; v < LabelBrick::count; ++v) {
    const std::uint16_t was = out->ids[v], id = theirs ? table.becomes[theirs->ids[v]] : std::uint16_t(0);
    const bool touched = out->isTouched(v);
    if (touched && !overwriteTouched)
      continue;
    if (was != 0 && !table.replaced[was])
      continue; // another accepted structure stands here
    if (id == 0 && was == 0)
      continue; // nothing proposed: what a person erased stays noted
    if (id == was && !touched)
      continue;
    out->ids[v] = id;
    out->setTouched(v, false);
    changed = true;
  }
  return changed ? out : mine;
}

IndexBox changedBox(const LabelMap& map, const std::vector<std::pair<std::size_t, BrickPtr>>& changed) {
  IndexBox box;
  for (const auto& entry : changed) {
    const IndexBox brick = brickBox(map.grid(), map.brickCounts(), entry.first);
    box.include(brick.low);
    box.include(brick.high);
  }
  return box;
}

void acceptVoxels(Draft& draft, const Proposal& p, const AcceptTable& table, bool overwriteTouched) {
  for (const LabelLayer& theirs : p.layers) {
    auto& layers = draft.next.layers;
    const auto mine =
        std::find_if(layers.begin(), layers.end(), [&](const LabelLayer& l) { return sameRoom(l, theirs); });
    const LabelMap map = mine == layers.end() ? LabelMap(theirs.map.grid()) : mine->map;
    std::vector<std::pair<std::size_t, BrickPtr>> changed;
    for (std::size_t b = 0; b < map.bricks().size(); ++b) {
      BrickPtr brick = acceptedBrick(map.bricks()[b], theirs.map.bricks()[b], table, overwriteTouched);
      if (brick != map.bricks()[b])
        changed.emplace_back(b, std::move(brick));
    }
    if (changed.empty())
      continue;
    if (mine == layers.end()) {
      LabelLayer layer = theirs;
      layer.map = map.withBricks(changed);
      if (draft.next.layer(layer.id))
        layer.id = LayerId{draft.next.nextLayer++};
      layers.push_back(std::move(layer));
      draft.noteVoxels(layers.back().id, changedBox(map, changed));
    } else {
      mine->map = map.withBricks(changed);
      draft.noteVoxels(mine->id, changedBox(map, changed));
    }
  }
}

/// Landmarks and findings that waited before and do not any more: taken if a structure of theirs was.
void settleItems(Draft& draft, const Proposal& before, const Proposal& after) {
  const auto wasAccepted = [&](InstanceId instance) {
    bool hasStructures = false;
    for (const Structure& s : after.structures.all()) {
      if (!instance || s.instance != instance)
        continue;
      hasStructures = true;
      const auto decision = after.decided.find(s.id);
      if (decision != after.decided.end() && decision->second != ItemState::Rejected)
        return true;
    }
    const auto rest = after.decided.find(StructureId{});
    return !hasStructures && rest != after.decided.end() && rest->second != ItemState::Rejected;
  };
  const auto settles = [&](InstanceId instance) {
    return before.itemsWait(instance) && !after.itemsWait(instance) && wasAccepted(instance);
  };
  for (Landmark landmark : after.landmarks) {
    if (!settles(landmark.instance))
      continue;
    landmark.instance = after.inCase(landmark.instance);
    landmark.state = ItemState::Confirmed;
    auto& mine = draft.next.landmarks;
    const auto at = std::find_if(mine.begin(), mine.end(), [&](const Landmark& l) {
      return l.instance == landmark.instance && l.site == landmark.site;
    });
    if (at == mine.end())
      mine.push_back(std::move(landmark));
    else if (at->state == ItemState::Proposed)
      *at = std::move(landmark);
    draft.changes.landmarks = true;
  }
  for (Finding finding : after.findings) {
    if (!settles(finding.instance))
      continue;
    finding.instance = after.inCase(finding.instance);
    finding.state = ItemState::Proposed;
    auto& mine = draft.next.findings;
    const auto at =
        std::find_if(mine.begin(), mine.end(), [&](const Finding& f) { return f.id == finding.id; });
    if (at == mine.end())
      mine.push_back(std::move(finding));
    else if (at->state == ItemState::Proposed)
      *at = std::move(finding);
    draft.changes.findings = true;
  }
}

const Structure* sameInCase(const Case& c, const Proposal& p, const Structure& theirs) {
  const InstanceId instance = p.inCase(theirs.instance);
  for (const Structure& s : c.structures.all())
    if (s.instance == instance && s.part == theirs.part && s.label == theirs.label)
      return &s;
  return nullptr;
}

} // namespace

void acceptStructures(Draft& draft, ProposalId id, const std::set<StructureId>& structures, ItemState state,
                      bool overwriteTouched) {
  const ProposalPtr before = *std::find_if(draft.next.proposals.begin(), draft.next.proposals.end(),
                                           [&](const ProposalPtr& p) { return p->id == id; });
  AcceptTable table;
  std::set<InstanceId> instances;
  for (const StructureId s : structures) {
    if (!s)
      continue;
    const Structure& theirs = *before->structures.find(s);
    Structure mine = theirs;
    mine.instance = before->inCase(theirs.instance);
    mine.state = state;
    if (const Structure* present = sameInCase(draft.next, *before, theirs)) {
      mine.id = present->id;
      mine.provenance.editedBy = present->provenance.editedBy;
      table.replaced[present->id.value] = 1;
      table.anyReplaced = true;
      draft.next.structures.update(mine);
    } else {
      draft.next.structures.insert(mine);
    }
    table.becomes[s.value] = mine.id.value;
    table.renames |= mine.id != s;
    if (theirs.instance)
      instances.insert(theirs.instance);
    draft.noteInstance(mine.instance);
    draft.changes.structures = true;
  }
  acceptVoxels(draft, *before, table, overwriteTouched);

  Proposal& after = draft.editProposal(id);
  for (const StructureId s : structures)
    after.decided[s] = state;
  const bool itemsToo = structures.count(StructureId{}) != 0;
  const LevelChain chainBefore = draft.next.chain;
  mergeChain(draft.next.chain, *before, [&](InstanceId instance) {
    const auto& all = before->structures.all();
    const bool bare =
        std::none_of(all.begin(), all.end(), [&](const Structure& s) { return s.instance == instance; });
    return instances.count(instance) != 0 || (bare && itemsToo);
  });
  if (!(draft.next.chain == chainBefore))
    draft.changes.chain = true;
  settleItems(draft, *before, after);

  // Other proposals may now mean a vertebra that the case has.
  for (const ProposalPtr& other : std::vector(draft.next.proposals)) {
    if (other->id == id || !other->isOpen())
      continue;
    auto matches = matchInstances(draft.next, *other);
    if (matches != other->matches)
      draft.editProposal(other->id).matches = std::move(matches);
  }
}

void rejectStructures(Draft& draft, ProposalId id, const std::set<StructureId>& structures) {
  const Proposal before = *draft.next.proposal(id);
  Proposal& after = draft.editProposal(id);
  for (const StructureId s : structures) {
    after.decided[s] = ItemState::Rejected;
    if (const Structure* structure = after.structures.find(s))
      draft.noteInstance(after.inCase(structure->instance));
  }
  settleItems(draft, before, after);
}

} // namespace spondyl::detail

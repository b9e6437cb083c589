#include "core/case/merge.h"
#include "core/edit/draft.h"

#include <limits>

namespace spondyl::detail {
namespace {

constexpr std::uint32_t largestStructureId = std::numeric_limits<std::uint16_t>::max();

/// Moves all ids of a proposal beyond what the case has given out; a case's first proposal keeps its numbers.
class Renumbering {
 public:
  explicit Renumbering(const Case& c)
      : m_structures(c.structures.nextId() - 1u), m_instances(c.nextInstance - 1u),
        m_layers(c.nextLayer - 1u) {}

  StructureId operator()(StructureId id) const {
    return id ? StructureId{static_cast<std::uint16_t>(id.value + m_structures)} : id;
  }
  InstanceId operator()(InstanceId id) const { return id ? InstanceId{id.value + m_instances} : id; }
  LayerId operator()(LayerId id) const { return id ? LayerId{id.value + m_layers} : id; }

  LabelMap operator()(const LabelMap& map) const {
    if (m_structures == 0)
      return map;
    std::vector<std::pair<std::size_t, BrickPtr>> changed;
    for (std::size_t b = 0; b < map.bricks().size(); ++b) {
      if (!map.bricks()[b])
        continue;
      auto brick = std::make_shared<LabelBrick>(*map.bricks()[b]);
      for (std::uint16_t& id : brick->ids)
        id = (*this)(StructureId{id}).value;
      changed.emplace_back(b, std::move(brick));
    }
    return map.withBricks(changed);
  }

 private:
  std::uint32_t m_structures, m_instances, m_layers;
};

void renumber(Proposal& p, const Renumbering& renumbered) {
  StructureTable table;
  for (Structure s : p.structures.all()) {
    s.id = renumbered(s.id);
    s.instance = renumbered(s.instance);
    table.insert(s);
  }
  p.structures = std::move(table);
  for (ChainEntry& entry : p.chain.entries)
    entry.instance = renumbered(entry.instance);
  for (LabelLayer& layer : p.layers) {
    layer.id = renumbered(layer.id);
    layer.map = renumbered(layer.map);
  }
  for (Landmark& landmark : p.landmarks)
    landmark.instance = renumbered(landmark.instance);
  for (Finding& finding : p.findings)
    finding.instance = renumbered(finding.instance);
}

/// Reserves the proposal's ids, so that nothing else is ever given them.
void reserve(Case& c, const Proposal& p) {
  for (const Structure& s : p.structures.all())
    c.structures.setNextId(static_cast<std::uint16_t>(s.id.value + 1));
  std::uint32_t instance = 0, layer = 0;
  for (const Structure& s : p.structures.all())
    instance = std::max(instance, s.instance.value);
  for (const ChainEntry& entry : p.chain.entries)
    instance = std::max(instance, entry.instance.value);
  for (const Landmark& landmark : p.landmarks)
    instance = std::max(instance, landmark.instance.value);
  for (const Finding& finding : p.findings)
    instance = std::max(instance, finding.instance.value);
  for (const LabelLayer& l : p.layers)
    layer = std::max(layer, l.id.value);
  c.nextInstance = std::max(c.nextInstance, instance + 1);
  c.nextLayer = std::max(c.nextLayer, layer + 1);
}

bool knowsAllIds(const Proposal& p) {
  std::vector<char> known(std::size_t(1) << 16);
  known[0] = 1;
  for (const Structure& s : p.structures.all())
    known[s.id.value] = 1;
  for (const LabelLayer& layer : p.layers)
    for (const BrickPtr& brick : layer.map.bricks())
      if (brick &&
          !std::all_of(brick->ids.begin(), brick->ids.end(), [&](auto id) { return known[id] != 0; }))
        return false;
  return true;
}

std::set<StructureId> waitingOf(const Proposal& p) {
  std::set<StructureId> out;
  for (const Structure& s : p.structures.all())
    if (p.isWaiting(s.id))
      out.insert(s.id);
  return out;
}

Result<std::set<StructureId>> chosen(const Case& c, ProposalId id, const std::vector<StructureId>& wanted,
                                     bool decidedToo = false) {
  const Proposal* p = c.proposal(id);
  if (!p)
    return unknown("proposal", id.value);
  if (wanted.empty()) {
    std::set<StructureId> all = waitingOf(*p);
    if (p->isOpen())
      all.insert(StructureId{});
    return all;
  }
  std::set<StructureId> out;
  for (const StructureId s : wanted) {
    if (!p->structures.find(s))
      return unknown("structure", s.value);
    if (decidedToo || p->isWaiting(s))
      out.insert(s);
  }
  return out;
}

} // namespace

Status edit(Draft& draft, const AddProposal& e) {
  Case& next = draft.next;
  std::uint32_t highest = 0;
  for (const Structure& s : e.proposal.structures.all())
    highest = std::max<std::uint32_t>(highest, s.id.value);
  if (highest + next.structures.nextId() > largestStructureId)
    return invalid("AddProposal", "no structure numbers are left");
  if (!knowsAllIds(e.proposal))
    return invalid("AddProposal", "a label map holds a number that the table lacks");

  auto added = std::make_shared<Proposal>(e.proposal);
  renumber(*added, Renumbering(next));
  reserve(next, *added);
  added->id = ProposalId{next.nextProposal++};
  added->matches = matchInstances(next, *added);
  // A new run of the same model on the same series takes the place of what still waited from the last one.
  for (const ProposalPtr& old : std::vector(next.proposals)) {
    const bool sameSource = old->seriesUid == added->seriesUid &&
                            old->provenance.origin == added->provenance.origin &&
                            old->provenance.name == added->provenance.name;
    if (!sameSource || !old->isOpen())
      continue;
    std::set<StructureId> waiting = waitingOf(*old);
    waiting.insert(StructureId{});
    Proposal& superseded = draft.editProposal(old->id);
    for (const StructureId s : waiting)
      superseded.decided.emplace(s, ItemState::Rejected);
  }
  next.proposals.push_back(std::move(added));
  draft.changes.proposals = true;
  return {};
}

Status edit(Draft& draft, const AcceptProposal& e) {
  SPONDYL_TRY(const std::set<StructureId> structures,
              chosen(draft.next, e.proposal, e.structures, e.overwriteTouched));
  if (!structures.empty())
    acceptStructures(draft, e.proposal, structures, ItemState::Confirmed, e.overwriteTouched);
  return {};
}

Status edit(Draft& draft, const RejectProposal& e) {
  SPONDYL_TRY(const std::set<StructureId> structures, chosen(draft.next, e.proposal, e.structures));
  if (!structures.empty())
    rejectStructures(draft, e.proposal, structures);
  return {};
}

Result<StructureId> adoptStructure(Draft& draft, StructureId id) {
  if (draft.next.structures.find(id))
    return id;
  for (const ProposalPtr& p : std::vector(draft.next.proposals)) {
    if (!p->isWaiting(id))
      continue;
    const Structure wanted = *p->structures.find(id);
    acceptStructures(draft, p->id, {id}, ItemState::Edited, false);
    if (draft.next.structures.find(id))
      return id;
    for (const Structure& s : draft.next.structures.all()) // it took the place of one that the case had
      if (s.instance == p->inCase(wanted.instance) && s.part == wanted.part && s.label == wanted.label)
        return s.id;
  }
  return unknown("structure", id.value);
}

Status adoptInstance(Draft& draft, InstanceId instance, ItemState state) {
  for (const ProposalPtr& p : std::vector(draft.next.proposals)) {
    std::set<StructureId> waiting;
    for (const Structure& s : p->structures.all())
      if (p->isWaiting(s.id) && p->inCase(s.instance) == instance)
        waiting.insert(s.id);
    if (!waiting.empty())
      acceptStructures(draft, p->id, waiting, state, false);
  }
  const auto& all = draft.next.structures.all();
  const bool there =
      std::any_of(all.begin(), all.end(), [&](const Structure& s) { return s.instance == instance; });
  if (!instance || !(there || draft.next.chain.find(instance)))
    return unknown("vertebra", instance.value);
  return {};
}

} // namespace spondyl::detail

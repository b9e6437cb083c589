#include "core/case/merge.h"

namespace spondyl {
namespace {

/// Per structure id of a proposal: does it still wait for a decision?
class WaitingIds {
 public:
  explicit WaitingIds(const Proposal& proposal) : m_waits(std::size_t(1) << 16) {
    for (const Structure& s : proposal.structures.all()) {
      m_waits[s.id.value] = proposal.isWaiting(s.id);
      m_all &= m_waits[s.id.value] != 0;
    }
  }
  bool operator[](std::uint16_t id) const { return m_waits[id] != 0; }
  bool all() const { return m_all; }
  bool allOf(const LabelBrick& brick) const {
    return m_all ||
           std::all_of(brick.ids.begin(), brick.ids.end(), [&](auto id) { return id == 0 || m_waits[id]; });
  }

 private:
  std::vector<char> m_waits;
  bool m_all = true;
};

/// The brick that shows `proposed` through `shown`, except where `accepted` holds something or a person
/// touched it.
BrickPtr composite(const BrickPtr& shown, const BrickPtr& accepted, const BrickPtr& proposed,
                   const WaitingIds& waits) {
  if (!proposed)
    return shown;
  if (!shown && !accepted && waits.allOf(*proposed))
    return proposed;
  auto out = shown ? std::make_shared<LabelBrick>(*shown) : std::make_shared<LabelBrick>();
  bool changed = false;
  for (std::size_t v = 0; v < LabelBrick::count; ++v) {
    const std::uint16_t id = proposed->ids[v];
    if (id == 0 || !waits[id])
      continue;
    if (accepted && (accepted->ids[v] != 0 || accepted->isTouched(v)))
      continue;
    changed |= out->ids[v] != id;
    out->ids[v] = id;
  }
  return changed ? out : shown;
}

void mergeLayers(EffectiveCase& e, const Case& c, const Proposal& proposal) {
  const WaitingIds waits(proposal);
  for (const LabelLayer& theirs : proposal.layers) {
    const auto target = std::find_if(e.layers.begin(), e.layers.end(),
                                     [&](const LabelLayer& l) { return sameRoom(l, theirs); });
    if (target == e.layers.end() && waits.all()) {
      e.layers.push_back(theirs);
      continue;
    }
    const bool fresh = target == e.layers.end();
    const LabelMap shown = fresh ? LabelMap(theirs.map.grid()) : target->map;
    const std::size_t place = std::size_t(target - e.layers.begin());
    const LabelMap* accepted = !fresh && place < c.layers.size() ? &c.layers[place].map : nullptr;
    std::vector<std::pair<std::size_t, BrickPtr>> changed;
    for (std::size_t b = 0; b < theirs.map.bricks().size(); ++b) {
      BrickPtr brick = composite(shown.bricks()[b], accepted ? accepted->bricks()[b] : nullptr,
                                 theirs.map.bricks()[b], waits);
      if (brick != shown.bricks()[b])
        changed.emplace_back(b, std::move(brick));
    }
    if (changed.empty())
      continue;
    if (fresh) {
      e.layers.push_back(theirs);
      e.layers.back().map = shown.withBricks(changed);
    } else {
      target->map = shown.withBricks(changed);
    }
  }
}

void mergeItems(EffectiveCase& e, const Case& c, const Proposal& proposal) {
  for (Landmark landmark : proposal.landmarks) {
    if (!proposal.itemsWait(landmark.instance))
      continue;
    landmark.instance = proposal.inCase(landmark.instance);
    const Landmark* mine = c.landmark(landmark.instance, landmark.site);
    if (mine && mine->state != ItemState::Proposed)
      continue; // a person placed, confirmed or removed it
    std::erase_if(e.landmarks, [&](const Landmark& l) {
      return l.instance == landmark.instance && l.site == landmark.site;
    });
    e.landmarks.push_back(std::move(landmark));
  }
  for (Finding finding : proposal.findings) {
    if (!proposal.itemsWait(finding.instance))
      continue;
    const auto sameId = [&](const Finding& f) { return f.id == finding.id; };
    if (std::any_of(e.findings.begin(), e.findings.end(),
                    [&](const Finding& f) { return sameId(f) && f.state != ItemState::Proposed; }))
      continue;
    if (std::any_of(c.findings.begin(), c.findings.end(),
                    [&](const Finding& f) { return sameId(f) && f.state == ItemState::Rejected; }))
      continue; // stays rejected when the model runs again
    finding.instance = proposal.inCase(finding.instance);
    std::erase_if(e.findings, sameId);
    e.findings.push_back(std::move(finding));
  }
}

} // namespace

EffectiveCase effective(const Case& c, bool includeProposed) {
  EffectiveCase e;
  e.structures = c.structures;
  e.chain = c.chain;
  e.layers = c.layers;
  const auto hidden = [&](ItemState state) {
    return state == ItemState::Rejected || (!includeProposed && state == ItemState::Proposed);
  };
  for (const Structure& s : c.structures.all())
    if (hidden(s.state))
      e.structures.remove(s.id);
  for (const Landmark& l : c.landmarks)
    if (!hidden(l.state))
      e.landmarks.push_back(l);
  for (const Finding& f : c.findings)
    if (!hidden(f.state))
      e.findings.push_back(f);
  if (!includeProposed)
    return e;

  for (const ProposalPtr& p : c.proposals) {
    if (!p->isOpen())
      continue;
    for (Structure s : p->structures.all()) {
      if (!p->isWaiting(s.id))
        continue;
      s.instance = p->inCase(s.instance);
      if (e.structures.insert(s))
        e.fromProposal[s.id] = {p->id, s.id};
    }
    mergeChain(e.chain, *p, [&](InstanceId instance) { return p->itemsWait(instance); });
    for (const ChainEntry& entry : p->chain.entries) {
      const InstanceId instance = p->inCase(entry.instance);
      if (!c.chain.find(instance) && e.chain.find(instance))
        e.instancesFromProposal[instance] = {p->id, entry.instance};
    }
    mergeLayers(e, c, *p);
    mergeItems(e, c, *p);
  }
  return e;
}

} // namespace spondyl

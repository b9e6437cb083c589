#include "core/case/merge.h"

#include <set>

namespace spondyl {
namespace {

std::size_t placeFor(const LevelChain& into, const Proposal& proposal, std::size_t at) {
  const auto& theirs = proposal.chain.entries;
  const auto placeOf = [&](std::size_t b) -> std::optional<std::size_t> {
    const ChainEntry* found = into.find(proposal.inCase(theirs[b].instance));
    return found ? std::optional(std::size_t(found - into.entries.data())) : std::nullopt;
  };
  for (std::size_t b = at; b-- > 0;)
    if (const auto place = placeOf(b))
      return *place + 1;
  for (std::size_t b = at + 1; b < theirs.size(); ++b)
    if (const auto place = placeOf(b))
      return *place;
  std::size_t place = 0; // nothing shared: by height
  while (place < into.entries.size() && into.entries[place].level != Level::Sacrum &&
         into.entries[place].centroid.z > theirs[at].centroid.z)
    ++place;
  return place;
}

void adoptNaming(LevelChain& into, const Proposal& proposal) {
  const LevelChain& theirs = proposal.chain;
  into.naming = theirs.naming;
  into.anchor = theirs.anchor;
  into.anchors = theirs.anchors;
  into.variant = theirs.variant;
  into.alternatives = theirs.alternatives;
  for (NamingAlternative& alternative : into.alternatives) {
    std::vector<std::optional<Level>> levels;
    for (const ChainEntry& entry : into.entries)
      for (std::size_t b = 0; b < theirs.entries.size() && b < alternative.levels.size(); ++b)
        if (proposal.inCase(theirs.entries[b].instance) == entry.instance)
          levels.push_back(alternative.levels[b]);
    alternative.levels = std::move(levels);
  }
}

} // namespace

void mergeChain(LevelChain& into, const Proposal& proposal, const std::function<bool(InstanceId)>& wanted) {
  const bool hadNone = into.entries.empty();
  const auto& theirs = proposal.chain.entries;
  std::vector<InstanceId> added;
  for (std::size_t a = 0; a < theirs.size(); ++a) {
    ChainEntry entry = theirs[a];
    entry.instance = proposal.inCase(entry.instance);
    if (into.find(entry.instance) || !wanted(theirs[a].instance))
      continue;
    added.push_back(entry.instance);
    into.entries.insert(into.entries.begin() + std::ptrdiff_t(placeFor(into, proposal, a)), std::move(entry));
  }
  if (added.empty())
    return;

  std::optional<InstanceId> disagreement; // an entry of both whose names differ: the case's name holds
  std::size_t shared = 0;
  for (const ChainEntry& entry : theirs) {
    const InstanceId instance = proposal.inCase(entry.instance);
    const ChainEntry* mine = into.find(instance);
    if (!mine)
      continue;
    ++shared;
    if (mine->level && mine->level != entry.level)
      disagreement = instance;
  }
  if (hadNone || (shared == into.entries.size() && into.anchor != Anchor::Reader && !disagreement)) {
    adoptNaming(into, proposal);
    return;
  }
  into.alternatives.clear(); // they were given by chain place
  if (!disagreement)
    return;
  const auto names = namesFrom(into, *disagreement, *into.find(*disagreement)->level);
  for (std::size_t a = 0; a < into.entries.size(); ++a)
    if (std::find(added.begin(), added.end(), into.entries[a].instance) != added.end())
      into.entries[a].level = names.ok() ? names->levels[a] : std::nullopt;
}

LevelChain effectiveChain(const Case& c) {
  LevelChain chain = c.chain;
  for (const ProposalPtr& p : c.proposals)
    if (p->isOpen())
      mergeChain(chain, *p, [&](InstanceId instance) { return p->itemsWait(instance); });
  return chain;
}

bool sameRoom(const LabelLayer& a, const LabelLayer& b) {
  const bool sameSpace = a.seriesUid == b.seriesUid ||
                         (!a.frameOfReferenceUid.empty() && a.frameOfReferenceUid == b.frameOfReferenceUid);
  return a.kind == b.kind && sameSpace && a.map.grid().sameAs(b.map.grid());
}

std::map<InstanceId, InstanceId> matchInstances(const Case& c, const Proposal& proposal) {
  std::map<InstanceId, std::size_t> mineSize, theirSize;
  std::map<std::pair<InstanceId, InstanceId>, std::size_t> common; // theirs, mine
  const auto instanceOf = [](const StructureTable& table, std::uint16_t id) {
    const Structure* s = table.find(StructureId{id});
    return s && s->part != Part::Disc ? s->instance : InstanceId{};
  };
  for (const LabelLayer& mine : c.layers)
    for (const LabelLayer& theirs : proposal.layers) {
      if (!sameRoom(mine, theirs))
        continue;
      std::map<std::pair<std::uint16_t, std::uint16_t>, std::size_t> pairs;
      for (std::size_t b = 0; b < mine.map.bricks().size(); ++b) {
        const BrickPtr &m = mine.map.bricks()[b], &t = theirs.map.bricks()[b];
        if (!m && !t)
          continue;
        for (std::size_t v = 0; v < LabelBrick::count;) { // runs of equal pairs
          const std::uint16_t mv = m ? m->ids[v] : std::uint16_t(0), tv = t ? t->ids[v] : std::uint16_t(0);
          std::size_t end = v + 1;
          while (end < LabelBrick::count && (!m || m->ids[end] == mv) && (!t || t->ids[end] == tv))
            ++end;
          if (mv || tv)
            pairs[{tv, mv}] += end - v;
          v = end;
        }
      }
      for (const auto& [ids, count] : pairs) {
        const InstanceId t = instanceOf(proposal.structures, ids.first),
                         m = instanceOf(c.structures, ids.second);
        if (t)
          theirSize[t] += count;
        if (m)
          mineSize[m] += count;
        if (t && m)
          common[{t, m}] += count;
      }
    }
  std::map<InstanceId, InstanceId> matches;
  std::map<InstanceId, std::size_t> best;
  for (const auto& [pair, count] : common) {
    const auto [theirs, mine] = pair;
    if (theirs == mine || 2 * count <= std::min(theirSize[theirs], mineSize[mine]) || count <= best[theirs])
      continue;
    best[theirs] = count;
    matches[theirs] = mine;
  }
  // One instance of the case stands for one of the proposal: the one that overlaps it most.
  for (auto it = matches.begin(); it != matches.end();) {
    const bool beaten = std::any_of(matches.begin(), matches.end(), [&](const auto& other) {
      return other.second == it->second && other.first != it->first && best[other.first] > best[it->first];
    });
    it = beaten ? matches.erase(it) : std::next(it);
  }
  return matches;
}

} // namespace spondyl

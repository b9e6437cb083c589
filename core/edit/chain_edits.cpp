#include "core/case/merge.h"
#include "core/edit/draft.h"

namespace spondyl::detail {
namespace {

/// Names given to the chain that the reader sees: written to the case's chain and to those of open proposals.
void writeNames(Draft& draft, const LevelChain& named) {
  const auto write = [&](LevelChain& chain, const auto& inCase) {
    LevelChain next = chain;
    bool any = false;
    for (ChainEntry& entry : next.entries)
      if (const ChainEntry* theirs = named.find(inCase(entry.instance))) {
        if (entry.level != theirs->level)
          draft.noteInstance(theirs->instance);
        entry.level = theirs->level;
        entry.confidence = theirs->confidence;
        any = true;
      }
    if (!any)
      return false;
    next.naming = named.naming;
    next.anchor = named.anchor;
    next.anchors = named.anchors;
    next.variant = named.variant;
    next.alternatives.clear();
    if (next == chain)
      return false;
    chain = std::move(next);
    draft.changes.chain = true;
    return true;
  };
  write(draft.next.chain, [](InstanceId instance) { return instance; });
  for (const ProposalPtr& p : std::vector(draft.next.proposals)) {
    if (!p->isOpen())
      continue;
    LevelChain chain = p->chain;
    if (write(chain, [&](InstanceId instance) { return p->inCase(instance); }))
      draft.editProposal(p->id).chain = std::move(chain);
  }
}

} // namespace

bool isConsistent(const LevelChain& chain) {
  if (chain.entries.empty() || !chain.entries.front().level)
    return false;
  const auto names = namesFrom(chain, chain.entries.front().instance, *chain.entries.front().level);
  return names.ok() &&
         std::equal(chain.entries.begin(), chain.entries.end(), names->levels.begin(), names->levels.end(),
                    [](const ChainEntry& e, const std::optional<Level>& level) { return e.level == level; });
}

void recount(LevelChain& chain, bool wasConsistent) {
  if (!wasConsistent || chain.entries.empty())
    return;
  const bool fromBelow = chain.entries.back().level == Level::Sacrum;
  std::vector<const ChainEntry*> fixed; // candidates to count from, the preferred one first
  for (const ChainEntry& entry : chain.entries)
    if (entry.level)
      fixed.push_back(&entry);
  if (fromBelow)
    std::reverse(fixed.begin(), fixed.end());
  for (const ChainEntry* entry : fixed) {
    const auto names = namesFrom(chain, entry->instance, *entry->level);
    if (!names.ok())
      continue;
    for (std::size_t a = 0; a < chain.entries.size(); ++a) {
      if (!chain.entries[a].level)
        chain.entries[a].confidence = entry->confidence;
      chain.entries[a].level = names->levels[a];
    }
    chain.variant = names->variant;
    return;
  }
}

Status edit(Draft& draft, const RenameChain& e) {
  SPONDYL_TRY(const LevelChain named, renamedFrom(effectiveChain(draft.next), e.instance, e.level));
  writeNames(draft, named);
  return {};
}

Status edit(Draft& draft, const ChooseAlternative& e) {
  LevelChain chain = effectiveChain(draft.next);
  if (e.alternative >= chain.alternatives.size())
    return unknown("alternative", e.alternative);
  const NamingAlternative chosen = chain.alternatives[e.alternative];
  if (chosen.levels.size() != chain.entries.size())
    return invalid("ChooseAlternative", "the chain has changed since");
  for (std::size_t a = 0; a < chain.entries.size(); ++a) {
    chain.entries[a].level = chosen.levels[a];
    chain.entries[a].confidence = 1.0;
  }
  chain.naming = Naming::Certain;
  chain.anchor = Anchor::Reader;
  if (std::find(chain.anchors.begin(), chain.anchors.end(), Anchor::Reader) == chain.anchors.end())
    chain.anchors.push_back(Anchor::Reader);
  chain.variant = chosen.variant.empty() ? std::nullopt : std::optional(chosen.variant);
  writeNames(draft, chain);
  return {};
}

Status edit(Draft& draft, const RenameOne& e) {
  const auto rename = [&](LevelChain& chain, InstanceId instance) {
    ChainEntry* entry = chain.find(instance);
    if (!entry)
      return false;
    if (entry->level == e.level)
      return true;
    entry->level = e.level;
    entry->confidence = e.level ? 1.0 : 0.0;
    draft.changes.chain = true;
    draft.noteInstance(e.instance);
    return true;
  };
  bool found = rename(draft.next.chain, e.instance);
  for (const ProposalPtr& p : std::vector(draft.next.proposals)) {
    if (!p->isOpen())
      continue;
    LevelChain chain = p->chain;
    for (const ChainEntry& entry : p->chain.entries)
      if (p->inCase(entry.instance) == e.instance)
        found |= rename(chain, entry.instance);
    if (!(chain == p->chain))
      draft.editProposal(p->id).chain = std::move(chain);
  }
  return found ? Status{} : Status{unknown("vertebra", e.instance.value)};
}

} // namespace spondyl::detail

#include "app/window/level_commands.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdlib>

namespace spondyl::app {
namespace {

std::map<ProposalId, std::vector<StructureId>> waitingByProposal(const LevelRow& row) {
  std::map<ProposalId, std::vector<StructureId>> byProposal;
  for (const auto& [proposal, structure] : row.waiting)
    byProposal[proposal].push_back(structure);
  return byProposal;
}

/// What the newest decided proposal said of this level; no structures: none did.
AcceptProposal asProposed(const Case& c, InstanceId instance) {
  AcceptProposal again;
  again.overwriteTouched = true;
  for (auto proposal = c.proposals.rbegin(); proposal != c.proposals.rend() && again.structures.empty();
       ++proposal) {
    again.proposal = (*proposal)->id;
    for (const Structure& structure : (*proposal)->structures.all())
      if (structure.instance && (*proposal)->inCase(structure.instance) == instance &&
          !(*proposal)->isWaiting(structure.id))
        again.structures.push_back(structure.id);
  }
  return again;
}

} // namespace

bool acceptOrConfirm(Session& session, InstanceId instance) {
  const LevelRow* row = session.levels()->find(instance);
  if (!row)
    return false;
  if (row->waiting.empty())
    return session.apply(ConfirmLevel{instance});
  bool done = false;
  for (const auto& [proposal, structures] : waitingByProposal(*row))
    done = session.apply(AcceptProposal{proposal, structures}) || done;
  return done;
}

bool rejectLevel(Session& session, InstanceId instance) {
  const LevelRow* row = session.levels()->find(instance);
  if (!row)
    return false;
  bool done = false;
  for (const auto& [proposal, structures] : waitingByProposal(*row))
    done = session.apply(RejectProposal{proposal, structures}) || done;
  return done;
}

void acceptAll(Session& session) {
  const CasePtr now = session.snapshot();
  const auto open = std::find_if(now->proposals.begin(), now->proposals.end(),
                                 [](const ProposalPtr& p) { return p->isOpen(); });
  if (open == now->proposals.end())
    return;
  const ProposalId first = (*open)->id;
  session.applyInJob(AcceptProposal{first, {}}, [&session, first](bool done) {
    const Proposal* same = session.snapshot()->proposal(first);
    if (done && same && !same->isOpen())
      acceptAll(session); // the next one, if there is one
  });
}

bool confirmAll(Session& session) {
  return session.apply(ConfirmAll{});
}

bool goToNextToReview(Session& session) {
  const LevelRow* row = session.levels()->nextToReview(session.selected());
  if (row)
    session.goToLevel(row->instance);
  return row != nullptr;
}

bool nameLevel(Session& session, InstanceId instance, Level level) {
  return session.apply(RenameChain{instance, level});
}

void mergeWithBelow(Session& session, InstanceId instance) {
  if (const ChainEntry* below = session.shown()->chain.below(instance))
    session.applyInJob(MergeInstances{instance, below->instance});
}

void deleteLevel(Session& session, InstanceId instance) {
  if (const LevelRow* row = session.levels()->find(instance))
    session.applyInJob(DeleteStructures{row->structures});
}

bool canRestore(const Session& session, InstanceId instance) {
  return !asProposed(*session.snapshot(), instance).structures.empty();
}

void restoreLevel(Session& session, Notices& notices, InstanceId instance) {
  const CasePtr before = session.snapshot();
  AcceptProposal again = asProposed(*before, instance);
  if (again.structures.empty())
    return;
  session.applyInJob(std::move(again), [&session, &notices, before](bool done) {
    if (done && sameContent(*session.snapshot(), *before))
      notices.info(QCoreApplication::translate("Actions", "This level is as it was proposed."),
                   QStringLiteral("edit"));
  });
}

std::vector<Level> namesToOffer(const Session& session, InstanceId instance) {
  const ChainEntry* entry = session.shown()->chain.find(instance);
  std::vector<Level> all = allLevels();
  std::erase(all, Level::Coccyx);
  if (!entry || !entry->level)
    return all;
  const LevelChain& chain = session.shown()->chain;
  std::erase_if(all, [&](Level level) {
    return std::abs(rank(level) - rank(*entry->level)) > 3 || !renamedFrom(chain, instance, level).ok();
  });
  return all;
}

} // namespace spondyl::app

#include "core/edit/document.h"

namespace spondyl {
namespace {

std::size_t bytesOf(const std::vector<LabelLayer>& layers, const std::vector<LabelLayer>& before) {
  std::size_t bytes = 0;
  for (const LabelLayer& layer : layers) {
    const auto old =
        std::find_if(before.begin(), before.end(), [&](const LabelLayer& l) { return l.id == layer.id; });
    const bool comparable = old != before.end() && old->map.bricks().size() == layer.map.bricks().size();
    if (comparable && old->map.bricks().data() == layer.map.bricks().data())
      continue;
    bytes += layer.map.bricks().size() * sizeof(BrickPtr);
    for (std::size_t b = 0; b < layer.map.bricks().size(); ++b)
      if (layer.map.bricks()[b] && !(comparable && old->map.bricks()[b] == layer.map.bricks()[b]))
        bytes += sizeof(LabelBrick);
  }
  return bytes;
}

/// Bytes that `after` keeps alive and `before` does not: bricks exactly, lists of items roughly.
std::size_t ownBytes(const Case& before, const Case& after) {
  std::size_t bytes = sizeof(Case) + bytesOf(after.layers, before.layers);
  for (const ProposalPtr& p : after.proposals)
    if (std::find(before.proposals.begin(), before.proposals.end(), p) == before.proposals.end()) {
      const Proposal* old = before.proposal(p->id);
      bytes += sizeof(Proposal) + bytesOf(p->layers, old ? old->layers : std::vector<LabelLayer>());
    }
  bytes += after.structures.all().size() * sizeof(Structure) +
           after.chain.entries.size() * sizeof(ChainEntry) + after.landmarks.size() * sizeof(Landmark) +
           after.findings.size() * sizeof(Finding);
  return bytes;
}

} // namespace

Document::Document(CasePtr initial, std::string person) : m_person(std::move(person)) {
  m_history.push_back({std::move(initial), {}, {}, 0});
}

Result<Revision> Document::apply(const Edit& edit) {
  const CasePtr before = snapshot();
  const EditContext context{m_person, utcNow()};
  SPONDYL_TRY(Applied applied, spondyl::apply(before, edit, context));
  return take(before, std::move(applied), verb(edit), context);
}

Result<Revision> Document::take(const CasePtr& from, Applied applied, const std::string& name,
                                const EditContext& context) {
  if (from != snapshot())
    return fail(ErrorCode::InvalidEdit, {name, "the case has changed since it was computed"},
                "Document::take");
  if (applied.next == from)
    return m_revision; // nothing changed: no step
  m_history.resize(m_position + 1);
  m_history.push_back({applied.next, name, applied.changes, ownBytes(*from, *applied.next)});
  ++m_position;
  trimHistory();
  publish({Step::Kind::Apply, ++m_revision, name, context, from, applied.next, std::move(applied.changes)});
  return m_revision;
}

Result<Revision> Document::undo() {
  if (!canUndo())
    return fail(ErrorCode::NothingToUndo, {}, "Document::undo");
  const State& taken = m_history[m_position];
  --m_position;
  publish({Step::Kind::Undo,
           ++m_revision,
           taken.verb,
           {m_person, utcNow()},
           taken.state,
           snapshot(),
           taken.changes});
  return m_revision;
}

Result<Revision> Document::redo() {
  if (!canRedo())
    return fail(ErrorCode::NothingToRedo, {}, "Document::redo");
  const CasePtr before = snapshot();
  const State& again = m_history[++m_position];
  publish(
      {Step::Kind::Redo, ++m_revision, again.verb, {m_person, utcNow()}, before, again.state, again.changes});
  return m_revision;
}

std::string Document::undoVerb() const {
  return canUndo() ? m_history[m_position].verb : std::string();
}
std::string Document::redoVerb() const {
  return canRedo() ? m_history[m_position + 1].verb : std::string();
}

int Document::subscribe(Listener listener) {
  m_listeners.emplace_back(m_nextToken, std::move(listener));
  return m_nextToken++;
}

void Document::unsubscribe(int token) {
  std::erase_if(m_listeners, [&](const auto& entry) { return entry.first == token; });
}

void Document::publish(Step step) {
  const auto listeners = m_listeners; // one may unsubscribe while it is called
  for (const auto& entry : listeners)
    entry.second(step);
}

void Document::trimHistory() {
  constexpr std::size_t fewestSteps = 50;
  std::size_t bytes = 0;
  for (const State& state : m_history)
    bytes += state.ownBytes;
  while (bytes > m_budgetBytes && m_position > fewestSteps) {
    bytes -= m_history.front().ownBytes;
    m_history.pop_front();
    --m_position;
  }
}

} // namespace spondyl

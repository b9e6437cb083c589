#pragma once
// The one writer. Lives on the main thread; everything else reads snapshots.

#include "core/edit/edit.h"

#include <deque>
#include <functional>

namespace spondyl {

using Revision = std::uint64_t;

/// One applied step, as the journal stores it and the audit list shows it.
struct Step {
  enum class Kind : unsigned char { Apply, Undo, Redo } kind = Kind::Apply;
  Revision revision = 0;
  std::string verb;
  EditContext context;
  CasePtr before, after;
  Changes changes;
};

class Document {
 public:
  using Listener = std::function<void(const Step&)>;

  explicit Document(CasePtr initial, std::string person = {});

  Result<Revision> apply(const Edit& edit);
  /// An edit that a job applied, outside the main thread, to what is still the present snapshot (`from`): one
  /// step like any other. Errors: InvalidEdit if the case has moved on since.
  Result<Revision> take(const CasePtr& from, Applied applied, const std::string& verb,
                        const EditContext& context);
  Result<Revision> undo();
  Result<Revision> redo();
  bool canUndo() const { return m_position > 0; }
  bool canRedo() const { return m_position + 1 < m_history.size(); }
  /// Verb of the step that undo / redo would take back / do again; empty if none.
  std::string undoVerb() const;
  std::string redoVerb() const;

  CasePtr snapshot() const { return m_history[m_position].state; }
  Revision revision() const { return m_revision; }

  /// Called on the writer's thread, once per step, in order of subscription. Returns a token for
  /// unsubscribe().
  int subscribe(Listener listener);
  void unsubscribe(int token);

  /// The history's budget counts bytes that a step alone keeps alive; never below 50 steps.
  void setHistoryBudget(std::size_t bytes) { m_budgetBytes = bytes; }
  std::size_t historySteps() const { return m_history.size(); }

 private:
  struct State {
    CasePtr state;
    std::string verb; ///< of the step that led here
    Changes changes;
    std::size_t ownBytes = 0;
  };
  void publish(Step step);
  void trimHistory();

  std::string m_person;
  std::deque<State> m_history;
  std::size_t m_position = 0;
  Revision m_revision = 0;
  std::size_t m_budgetBytes = std::size_t(512) << 20;
  std::vector<std::pair<int, Listener>> m_listeners;
  int m_nextToken = 1;
};

} // namespace spondyl

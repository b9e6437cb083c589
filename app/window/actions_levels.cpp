#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "app/window/level_commands.h"
#include "app/window/tool_controller.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

bool canEdit(const AppContext& c) { return c.session.hasStudy() && !c.session.isReadOnly(); }
bool hasSelected(const AppContext& c) { return canEdit(c) && c.session.selectedRow(); }
bool selectedWaits(const AppContext& c) { return hasSelected(c) && !c.session.selectedRow()->waiting.empty(); }
bool selectedOpen(const AppContext& c) {
  return hasSelected(c) && (selectedWaits(c) || c.session.selectedRow()->state != ItemState::Confirmed);
}

ActionSpec level(ActionId id, const char* text, const char* tip, QList<QKeySequence> keys,
                 std::function<bool(const AppContext&)> enabled, std::function<void(AppContext&)> run) {
  ActionSpec spec;
  spec.id = id;
  spec.menu = MenuId::Levels;
  spec.text = text;
  spec.toolTip = tip;
  spec.shortcuts = std::move(keys);
  spec.enabled = std::move(enabled);
  spec.run = std::move(run);
  return spec;
}

} // namespace

std::vector<ActionSpec> levelActions() {
  std::vector<ActionSpec> list{
      level(ActionId::AcceptLevel, TEXT("&Accept or confirm"), TEXT("Accept what is proposed at the selected level; once accepted, confirm it"),
            {Qt::Key_Return, Qt::Key_Enter}, selectedOpen,
            [](AppContext& c) {
              const bool waited = !c.session.selectedRow()->waiting.empty();
              if (acceptOrConfirm(c.session, c.session.selected()) && !waited) goToNextToReview(c.session);
            }),
      level(ActionId::RejectLevel, TEXT("&Reject"), TEXT("Reject what is proposed at the selected level"), {Qt::Key_Backspace},
            selectedWaits, [](AppContext& c) { rejectLevel(c.session, c.session.selected()); }),
      level(ActionId::AcceptAll, TEXT("Accept a&ll"), TEXT("Accept everything that is proposed"),
            {QKeySequence(Qt::SHIFT | Qt::Key_Return), QKeySequence(Qt::SHIFT | Qt::Key_Enter)},
            [](const AppContext& c) { return canEdit(c) && c.session.levels()->waiting > 0; },
            [](AppContext& c) { acceptAll(c.session); }),
      level(ActionId::ConfirmAll, TEXT("&Confirm all"), TEXT("Everything has been looked at and is right"),
            {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Return)},
            [](const AppContext& c) {
              return canEdit(c) && !c.session.levels()->rows.empty() && c.session.levels()->waiting == 0 &&
                     c.session.levels()->reviewed < int(c.session.levels()->rows.size());
            },
            [](AppContext& c) { confirmAll(c.session); }),
      level(ActionId::NextToReview, TEXT("&Next to review"), TEXT("Go to the next level that is not confirmed"), {Qt::Key_N},
            [](const AppContext& c) { return c.session.levels()->nextToReview({}) != nullptr; },
            [](AppContext& c) { goToNextToReview(c.session); }),
      level(ActionId::NameLevel, TEXT("&This is …"), TEXT("Name the selected vertebra; the whole chain follows"),
            {QKeySequence(Qt::CTRL | Qt::Key_L)}, hasSelected,
            [](AppContext& c) { c.window.showNameMenu(c.session.selected()); }),
      level(ActionId::SplitLevel, TEXT("&Split …"), TEXT("Draw a line across the selected vertebra to split it in two"), {}, hasSelected,
            [](AppContext& c) { c.tools.setTool(ToolKind::Split); }),
      level(ActionId::MergeBelow, TEXT("&Merge with the one below"), TEXT("The selected vertebra and the one below are one"),
            {QKeySequence(Qt::CTRL | Qt::Key_M)},
            [](const AppContext& c) { return hasSelected(c) && c.session.shown()->chain.below(c.session.selected()); },
            [](AppContext& c) { mergeWithBelow(c.session, c.session.selected()); }),
      level(ActionId::DeleteLevel, TEXT("&Delete"), TEXT("Remove the selected vertebra's labels"), {Qt::Key_Delete}, hasSelected,
            [](AppContext& c) { deleteLevel(c.session, c.session.selected()); }),
      level(ActionId::RestoreLevel, TEXT("Res&tore AI"), TEXT("Take the proposed labels of this level again, over what was painted"), {},
            [](const AppContext& c) { return hasSelected(c) && canRestore(c.session, c.session.selected()); },
            [](AppContext& c) { restoreLevel(c.session, c.session.selected()); }),
  };
  for (ActionSpec& spec : list) {
    if (spec.id == ActionId::AcceptLevel) spec.icon = "accept", spec.onRail = true;
    if (spec.id == ActionId::NameLevel) spec.icon = "name", spec.onRail = true, spec.separatorBefore = true;
    if (spec.id == ActionId::NextToReview || spec.id == ActionId::SplitLevel) spec.separatorBefore = true;
  }
  return list;
}

} // namespace spondyl::app

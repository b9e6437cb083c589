#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "app/window/level_commands.h"
#include "app/window/tool_controller.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

bool canEdit(const AppContext& c) {
  return c.session.hasStudy() && !c.session.isReadOnly();
}
bool hasSelected(const AppContext& c) {
  return canEdit(c) && c.session.selectedRow();
}
bool selectedWaits(const AppContext& c) {
  return hasSelected(c) && !c.session.selectedRow()->waiting.empty();
}
bool selectedOpen(const AppContext& c) {
  return hasSelected(c) && (selectedWaits(c) || c.session.selectedRow()->state != ItemState::Confirmed);
}

} // namespace

std::vector<ActionSpec> levelActions() {
  std::vector<ActionSpec> list{
      makeAction(ActionId::AcceptLevel, MenuId::Levels, TEXT("&Accept or confirm"),
                 TEXT("Accept what is proposed at the selected level; once accepted, confirm it"),
                 {Qt::Key_Return, Qt::Key_Enter}, selectedOpen,
                 [](AppContext& c) {
                   const bool waited = !c.session.selectedRow()->waiting.empty();
                   if (acceptOrConfirm(c.session, c.session.selected()) && !waited)
                     goToNextToReview(c.session);
                 }),
      makeAction(ActionId::RejectLevel, MenuId::Levels, TEXT("&Reject"),
                 TEXT("Reject what is proposed at the selected level"), {Qt::Key_Backspace}, selectedWaits,
                 [](AppContext& c) { rejectLevel(c.session, c.session.selected()); }),
      makeAction(
          ActionId::AcceptAll, MenuId::Levels, TEXT("Accept a&ll"),
          TEXT("Accept everything that is proposed"),
          {QKeySequence(Qt::SHIFT | Qt::Key_Return), QKeySequence(Qt::SHIFT | Qt::Key_Enter)},
          [](const AppContext& c) { return canEdit(c) && c.session.levels()->waiting > 0; },
          [](AppContext& c) { acceptAll(c.session); }),
      makeAction(
          ActionId::ConfirmAll, MenuId::Levels, TEXT("&Confirm all"),
          TEXT("Everything has been looked at and is right"),
          {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Return)},
          [](const AppContext& c) {
            return canEdit(c) && !c.session.levels()->rows.empty() && c.session.levels()->waiting == 0 &&
                   c.session.levels()->reviewed < int(c.session.levels()->rows.size());
          },
          [](AppContext& c) { confirmAll(c.session); }),
      makeAction(
          ActionId::NextToReview, MenuId::Levels, TEXT("&Next to review"),
          TEXT("Go to the next level that is not confirmed"), {Qt::Key_N},
          [](const AppContext& c) { return c.session.levels()->nextToReview({}) != nullptr; },
          [](AppContext& c) { goToNextToReview(c.session); }),
      makeAction(ActionId::NameLevel, MenuId::Levels, TEXT("&This is …"),
                 TEXT("Name the selected vertebra; the whole chain follows"),
                 {QKeySequence(Qt::CTRL | Qt::Key_L)}, hasSelected,
                 [](AppContext& c) { c.window.showNameMenu(c.session.selected()); }),
      makeAction(ActionId::SplitLevel, MenuId::Levels, TEXT("&Split …"),
                 TEXT("Draw a line across the selected vertebra to split it in two"), {}, hasSelected,
                 [](AppContext& c) { c.tools.setTool(ToolKind::Split); }),
      makeAction(
          ActionId::MergeBelow, MenuId::Levels, TEXT("&Merge with the one below"),
          TEXT("The selected vertebra and the one below are one"), {QKeySequence(Qt::CTRL | Qt::Key_M)},
          [](const AppContext& c) {
            return hasSelected(c) && c.session.shown()->chain.below(c.session.selected());
          },
          [](AppContext& c) { mergeWithBelow(c.session, c.session.selected()); }),
      makeAction(ActionId::DeleteLevel, MenuId::Levels, TEXT("&Delete"),
                 TEXT("Remove the selected vertebra's labels"), {Qt::Key_Delete}, hasSelected,
                 [](AppContext& c) { deleteLevel(c.session, c.session.selected()); }),
      makeAction(
          ActionId::RestoreLevel, MenuId::Levels, TEXT("Res&tore AI"),
          TEXT("Take the proposed labels of this level again, over what was painted"), {},
          [](const AppContext& c) { return hasSelected(c) && canRestore(c.session, c.session.selected()); },
          [](AppContext& c) { restoreLevel(c.session, c.notices, c.session.selected()); }),
  };
  for (ActionSpec& spec : list) {
    if (spec.id == ActionId::AcceptLevel)
      spec.icon = "accept", spec.onRail = true;
    if (spec.id == ActionId::NameLevel)
      spec.icon = "name", spec.onRail = true, spec.separatorBefore = true;
    if (spec.id == ActionId::NextToReview || spec.id == ActionId::SplitLevel)
      spec.separatorBefore = true;
  }
  return list;
}

} // namespace spondyl::app

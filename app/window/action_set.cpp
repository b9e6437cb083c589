#include "app/window/action_set.h"

#include "app/theme/theme.h"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <QMenuBar>

namespace spondyl::app {
namespace {

QString words(const char* text) {
  return QCoreApplication::translate("Actions", text);
}

QString toolTipOf(const ActionSpec& spec) {
  QString tip = words(spec.toolTip);
  if (!spec.shortcuts.isEmpty())
    tip += QStringLiteral(" (%1)").arg(spec.shortcuts.front().toString(QKeySequence::NativeText));
  return tip;
}

} // namespace

ActionSet::ActionSet(AppContext& context, QWidget* window) : QObject(window), m_context(context) {
  for (const ActionSpec& spec : actionTable()) {
    auto* made = new QAction(words(spec.text), window);
    made->setToolTip(toolTipOf(spec));
    made->setStatusTip(words(spec.toolTip));
    made->setShortcuts(spec.shortcuts);
    made->setCheckable(bool(spec.checked));
    if (*spec.icon)
      made->setIcon(theme::icon(QString::fromLatin1(spec.icon)));
    made->setIconVisibleInMenu(false);
    connect(made, &QAction::triggered, this, [this, &spec] {
      if (!spec.enabled || spec.enabled(m_context))
        spec.run(m_context);
      refresh();
    });
    window->addAction(made);
    m_actions.emplace(spec.id, made);
  }
}

void ActionSet::fillMenus(QMenuBar& bar) const {
  for (const MenuId id : {MenuId::File, MenuId::View, MenuId::Tools, MenuId::Levels, MenuId::Ai,
                          MenuId::Report, MenuId::Help}) {
    QMenu* menu = bar.addMenu(words(menuTitle(id)));
    menu->setToolTipsVisible(true);
    for (const ActionSpec& spec : actionTable()) {
      if (spec.menu != id)
        continue;
      if (spec.separatorBefore)
        menu->addSeparator();
      menu->addAction(m_actions.at(spec.id));
    }
  }
}

std::vector<QAction*> ActionSet::railActions() const {
  std::vector<QAction*> list;
  const auto add = [&](std::initializer_list<ActionId> ids) {
    if (!list.empty())
      list.push_back(nullptr);
    for (const ActionId id : ids)
      list.push_back(m_actions.at(id));
  };
  add({ActionId::ToolCrosshair, ActionId::ToolWindow, ActionId::ToolPan, ActionId::ToolZoom});
  add({ActionId::ToolBrush, ActionId::ToolEraser, ActionId::ToolSplit, ActionId::ToolLandmark,
       ActionId::ToolDistance});
  add({ActionId::Undo, ActionId::Redo});
  add({ActionId::Analyse, ActionId::AcceptLevel, ActionId::NameLevel, ActionId::KeyImage});
  add({ActionId::LabelsOnOff, ActionId::SeriesColumn, ActionId::SidePanel});
  return list;
}

void ActionSet::refresh() {
  for (const ActionSpec& spec : actionTable()) {
    QAction* action = m_actions.at(spec.id);
    action->setEnabled(!spec.enabled || spec.enabled(m_context));
    if (spec.checked)
      action->setChecked(spec.checked(m_context));
  }
}

void ActionSet::trigger(ActionId id) {
  refresh();
  m_actions.at(id)->trigger();
}

} // namespace spondyl::app

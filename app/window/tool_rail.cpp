#include "app/window/tool_rail.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QAction>
#include <QFrame>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

namespace spondyl::app {

ToolRail::ToolRail(const std::vector<QAction*>& actions, QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("rail"));
  setAttribute(Qt::WA_StyledBackground);
  setFixedWidth(theme::railWidth);
  setAccessibleName(tr("Tools"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(3, theme::gap4, 4, theme::gap4);
  column->setSpacing(2);
  for (QAction* action : actions) {
    if (!action) {
      auto* rule = new QFrame;
      setRole(rule, "rule");
      column->addSpacing(theme::gap4);
      column->addWidget(rule);
      column->addSpacing(theme::gap4);
      continue;
    }
    auto* press = new QToolButton;
    press->setDefaultAction(action);
    press->setIconSize({20, 20});
    press->setToolButtonStyle(Qt::ToolButtonIconOnly);
    press->setAccessibleName(action->text().remove(QLatin1Char('&')));
    press->setAccessibleDescription(action->toolTip());
    press->setFocusPolicy(Qt::TabFocus);
    column->addWidget(press, 0, Qt::AlignHCenter);
  }
  column->addStretch(1);
}

void ToolRail::addChoices(QAction* shown, const std::vector<QAction*>& choices) {
  for (QToolButton* press : findChildren<QToolButton*>()) {
    if (press->defaultAction() != shown)
      continue;
    auto* menu = new QMenu(press);
    for (QAction* choice : choices) {
      menu->addAction(choice);
      connect(choice, &QAction::triggered, press, [press, choice] {
        press->setDefaultAction(choice);
        press->setAccessibleName(choice->text().remove(QLatin1Char('&')));
      });
    }
    press->setMenu(menu);
    press->setPopupMode(QToolButton::DelayedPopup);
  }
}

} // namespace spondyl::app

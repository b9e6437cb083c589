#include "app/window/actions.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace spondyl::app {

const std::vector<ActionSpec>& actionTable() {
  static const std::vector<ActionSpec> table = [] {
    std::vector<ActionSpec> all;
    for (auto part :
         {fileActions, viewActions, layoutActions, toolActions, levelActions, resultActions, mapActions}) {
      std::vector<ActionSpec> specs = part();
      std::move(specs.begin(), specs.end(), std::back_inserter(all));
    }
    return all;
  }();
  return table;
}

ActionSpec makeAction(ActionId id, MenuId menu, const char* text, const char* toolTip,
                      QList<QKeySequence> shortcuts, std::function<bool(const AppContext&)> enabled,
                      std::function<void(AppContext&)> run) {
  ActionSpec spec;
  spec.id = id;
  spec.menu = menu;
  spec.text = text;
  spec.toolTip = toolTip;
  spec.shortcuts = std::move(shortcuts);
  spec.enabled = std::move(enabled);
  spec.run = std::move(run);
  return spec;
}

const char* menuTitle(MenuId menu) {
  switch (menu) {
  case MenuId::File:
    return QT_TRANSLATE_NOOP("Actions", "&File");
  case MenuId::View:
    return QT_TRANSLATE_NOOP("Actions", "&View");
  case MenuId::Tools:
    return QT_TRANSLATE_NOOP("Actions", "&Tools");
  case MenuId::Levels:
    return QT_TRANSLATE_NOOP("Actions", "&Levels");
  case MenuId::Ai:
    return QT_TRANSLATE_NOOP("Actions", "&AI");
  case MenuId::Report:
    return QT_TRANSLATE_NOOP("Actions", "&Report");
  case MenuId::Help:
    return QT_TRANSLATE_NOOP("Actions", "&Help");
  }
  return "";
}

const ActionSpec& actionSpec(ActionId id) {
  const auto& table = actionTable();
  return *std::find_if(table.begin(), table.end(), [&](const ActionSpec& spec) { return spec.id == id; });
}

} // namespace spondyl::app

#pragma once
// The actions table as QActions of one window: words, keys, icons, and whether each can act now.

#include "app/window/actions.h"

#include <QObject>

#include <map>

class QAction;
class QMenuBar;
class QWidget;

namespace spondyl::app {

class ActionSet : public QObject {
  Q_OBJECT
 public:
  /// Adds every action to `window`, so that its keys work there.
  ActionSet(AppContext& context, QWidget* window);
  QAction* action(ActionId id) const { return m_actions.at(id); }
  void fillMenus(QMenuBar& bar) const;
  /// Rail order: tools, then the others; null pointers between groups.
  std::vector<QAction*> railActions() const;
  /// Enabled and checked states anew.
  void refresh();
  /// Runs it if it can act now.
  void trigger(ActionId id);

 private:
  AppContext& m_context;
  std::map<ActionId, QAction*> m_actions;
};

} // namespace spondyl::app

#pragma once
// The tools at the left edge: icons of the actions table.

#include <QWidget>

#include <vector>

class QAction;

namespace spondyl::app {

class ToolRail : public QWidget {
  Q_OBJECT
 public:
  /// A null pointer stands for a rule between groups.
  explicit ToolRail(const std::vector<QAction*>& actions, QWidget* parent = nullptr);
  /// The button of `shown` opens these when it is held or its corner is pressed; it then stands for the one
  /// that was used last.
  void addChoices(QAction* shown, const std::vector<QAction*>& choices);
};

} // namespace spondyl::app

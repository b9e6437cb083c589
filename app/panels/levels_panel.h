#pragma once
// The Levels tab: what the names rest on, how far the review is, one row per vertebra.

#include "app/panels/levels_model.h"

#include <QWidget>

#include <memory>

class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace spondyl::app {

class LevelsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit LevelsPanel(QWidget* parent = nullptr);
  void setModel(std::shared_ptr<const LevelsModel> model);
  /// What is open is a radiograph: there is nothing to find in it.
  void setRadiograph(bool radiograph);
  void setSelected(InstanceId instance);
  void setEditable(bool editable);

 signals:
  void chosen(spondyl::InstanceId instance);
  void acceptAsked(spondyl::InstanceId instance);
  void rejectAsked(spondyl::InstanceId instance);
  void confirmAsked(spondyl::InstanceId instance);
  void acceptAllAsked();
  void confirmAllAsked();
  void menuAsked(spondyl::InstanceId instance, QPoint global);

 private:
  void showButtons();
  QTreeWidgetItem* itemOf(InstanceId instance) const;

  std::shared_ptr<const LevelsModel> m_model;
  InstanceId m_selected;
  bool m_editable = true, m_filling = false;
  QLabel *m_naming = nullptr, *m_progress = nullptr, *m_empty = nullptr;
  QTreeWidget* m_table = nullptr;
  QWidget* m_foot = nullptr;
  QPushButton *m_accept = nullptr, *m_reject = nullptr, *m_all = nullptr;
};

} // namespace spondyl::app

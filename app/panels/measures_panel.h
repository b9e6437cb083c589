#pragma once
// The Measures tab: rows by level, live. A click shows the plane and draws the lines.

#include "app/panels/measures_model.h"

#include <QWidget>

#include <memory>

class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace spondyl::app {

class MeasuresPanel : public QWidget {
  Q_OBJECT
 public:
  explicit MeasuresPanel(QWidget* parent = nullptr);
  void setModel(std::shared_ptr<const MeasuresModel> model);
  void setSelected(InstanceId instance); ///< scrolls to the level's rows
  /// As a click on that row.
  void choose(const std::string& id, InstanceId instance);
  /// While values are being computed again, they are shown quieter.
  void setStale(bool stale);

 signals:
  void chosen(QString measurementId, spondyl::InstanceId instance);

 private:
  void fill();
  void scrollToSelected();

  std::shared_ptr<const MeasuresModel> m_model;
  QLabel *m_empty = nullptr, *m_note = nullptr;
  QTreeWidget* m_table = nullptr;
  InstanceId m_selected;
  bool m_filling = false, m_stale = false;
};

} // namespace spondyl::app

#pragma once
// The Measures tab: rows by level, live. A click shows the plane and draws the lines; the chosen one can be
// confirmed or be given the reader's own value; angles between chosen levels are asked for below.

#include "app/panels/measures_model.h"

#include <QWidget>

#include <memory>

class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace spondyl::app {

class AngleChooser;
class MeasureEditor;

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
  void setEditable(bool editable);
  /// What angles can be asked between, from cranial to caudal.
  void setLevels(const std::vector<std::pair<InstanceId, std::string>>& levels);

 signals:
  void chosen(QString measurementId, spondyl::InstanceId instance);
  void confirmAsked(const spondyl::app::MeasureRow& row);
  void overrideAsked(const spondyl::app::MeasureRow& row, double value, QString reason);
  void computedAsked(const spondyl::app::MeasureRow& row);
  void angleAsked(const spondyl::AngleRequest& angle);

 private:
  void fill();
  void scrollToSelected();
  const MeasureRow* currentRow() const;
  void showCurrent();

  std::shared_ptr<const MeasuresModel> m_model;
  QLabel *m_empty = nullptr, *m_note = nullptr;
  QTreeWidget* m_table = nullptr;
  MeasureEditor* m_editor = nullptr;
  AngleChooser* m_angles = nullptr;
  InstanceId m_selected;
  bool m_filling = false, m_stale = false;
};

} // namespace spondyl::app

#pragma once
// The Findings tab.

#include "app/panels/findings_model.h"

#include <QWidget>

#include <memory>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace spondyl::app {

class FindingsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit FindingsPanel(QWidget* parent = nullptr);
  void setModel(std::shared_ptr<const FindingsModel> model);
  void setEditable(bool editable);

 signals:
  void chosen(QString findingId, spondyl::InstanceId instance);
  void stateAsked(QString findingId, spondyl::ItemState state);

 private:
  const FindingRow* current() const;
  void showCurrent();

  std::shared_ptr<const FindingsModel> m_model;
  bool m_editable = true, m_filling = false;
  QLabel *m_count = nullptr, *m_empty = nullptr, *m_detail = nullptr;
  QTreeWidget* m_table = nullptr;
  QWidget* m_foot = nullptr;
  QPushButton *m_confirm = nullptr, *m_reject = nullptr;
};

} // namespace spondyl::app

#pragma once
// Below the table of measurements: the chosen one is confirmed, or the reader's own value stands in its
// place.

#include "app/panels/measures_model.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace spondyl::app {

class MeasureEditor : public QWidget {
  Q_OBJECT
 public:
  explicit MeasureEditor(QWidget* parent = nullptr);
  /// nullptr: none is chosen. What is being typed stays while the same measurement is chosen.
  void setRow(const MeasureRow* row);
  void setEditable(bool editable);

 signals:
  void confirmAsked();
  void overrideAsked(double value, QString reason);
  void computedAsked(); ///< the reader's value goes, the computed one is shown again

 private:
  void showForm(bool open);
  void send();
  void refresh();

  std::optional<MeasureRow> m_row;
  QPushButton *m_confirm = nullptr, *m_own = nullptr, *m_computed = nullptr, *m_set = nullptr;
  QWidget* m_form = nullptr;
  QLineEdit *m_value = nullptr, *m_reason = nullptr;
  QLabel* m_unit = nullptr;
  bool m_editable = true;
};

} // namespace spondyl::app

#pragma once
// The top line: menus, whose study it is, and what the program must not be used for.

#include <QWidget>

class QLabel;
class QMenuBar;

namespace spondyl::app {

class HeaderBar : public QWidget {
  Q_OBJECT
 public:
  explicit HeaderBar(QWidget* parent = nullptr);
  QMenuBar* menuBar() const { return m_menus; }
  /// `state`: "read only", "saved", … in secondary colour; may be empty.
  void setStudy(const QString& line, const QString& state);

 private:
  QMenuBar* m_menus = nullptr;
  QLabel *m_study = nullptr, *m_state = nullptr;
};

} // namespace spondyl::app

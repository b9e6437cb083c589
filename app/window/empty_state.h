#pragma once
// What stands where the views will be while nothing is open: what to drop, what was open lately, what can be
// restored.

#include <QStringList>
#include <QWidget>

#include <vector>

class QVBoxLayout;
class QLabel;

namespace spondyl::app {

struct RecoverableEntry {
  QString name;   ///< patient or file
  QString detail; ///< when it was last changed, how many steps
  QString key;    ///< what the keeper finds it by
};

class EmptyState : public QWidget {
  Q_OBJECT
 public:
  explicit EmptyState(QWidget* parent = nullptr);
  void setRecent(const QStringList& paths);
  void setRecoverable(const std::vector<RecoverableEntry>& entries);
  void setDropHover(bool hover);

 signals:
  void filesAsked();
  void folderAsked();
  void recentAsked(QString path);
  void restoreAsked(QString key);
  void forgetAsked(QString key);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QVBoxLayout *m_recent = nullptr, *m_recover = nullptr;
  QLabel *m_recentTitle = nullptr, *m_recoverTitle = nullptr;
  bool m_hover = false;
};

} // namespace spondyl::app

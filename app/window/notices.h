#pragma once
// What the window has to tell: one line each, in the banner area. Never a dialog for anything that can be
// undone.

#include "core/base/error.h"

#include <QObject>
#include <QString>

#include <functional>
#include <vector>

namespace spondyl::app {

enum class Severity : unsigned char { Info, Attention, Error };

struct Notice {
  int id = 0;
  Severity severity = Severity::Info;
  QString text;
  QString actionText; ///< empty: only dismissable
  std::function<void()> action;
  QString secondText; ///< an alternative beside the action
  std::function<void()> second;
  QString key; ///< a newer notice with the same key replaces it
};

class Notices : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  int add(Notice notice);
  int info(const QString& text, const QString& key = {});
  int attention(const QString& text, const QString& key = {});
  /// The error in words; Cancelled says nothing.
  int error(const Error& error, const QString& key = {});
  void dismiss(int id);
  void dismissKey(const QString& key);
  void clear();
  const std::vector<Notice>& all() const { return m_notices; }
  int count(Severity severity) const;

 signals:
  void changed();

 private:
  std::vector<Notice> m_notices; ///< newest last
  int m_next = 1;
};

} // namespace spondyl::app

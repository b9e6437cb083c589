#include "app/window/notices.h"

#include "app/wording/error_text.h"

#include <algorithm>

namespace spondyl::app {

int Notices::add(Notice notice) {
  if (!notice.key.isEmpty())
    std::erase_if(m_notices, [&](const Notice& n) { return n.key == notice.key; });
  notice.id = m_next++;
  m_notices.push_back(std::move(notice));
  emit changed();
  return m_next - 1;
}

int Notices::info(const QString& text, const QString& key) {
  Notice notice;
  notice.text = text;
  notice.key = key;
  return add(std::move(notice));
}

int Notices::attention(const QString& text, const QString& key) {
  Notice notice;
  notice.severity = Severity::Attention;
  notice.text = text;
  notice.key = key;
  return add(std::move(notice));
}

int Notices::error(const Error& error, const QString& key) {
  if (error.code == ErrorCode::Cancelled)
    return 0;
  Notice notice;
  notice.severity = Severity::Error;
  notice.text = QString::fromStdString(errorSentence(error));
  notice.key = key;
  return add(std::move(notice));
}

void Notices::dismiss(int id) {
  if (std::erase_if(m_notices, [&](const Notice& n) { return n.id == id; }))
    emit changed();
}

void Notices::dismissKey(const QString& key) {
  if (std::erase_if(m_notices, [&](const Notice& n) { return n.key == key; }))
    emit changed();
}

void Notices::clear() {
  m_notices.clear();
  emit changed();
}

int Notices::count(Severity severity) const {
  return int(std::count_if(m_notices.begin(), m_notices.end(),
                           [&](const Notice& n) { return n.severity == severity; }));
}

} // namespace spondyl::app

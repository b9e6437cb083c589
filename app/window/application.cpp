#include "app/window/application.h"

#include "app/theme/theme.h"
#include "core/base/cpu_time.h"

#include <QEvent>
#include <QMetaEnum>
#include <QThread>

namespace spondyl::app {

Application::Application(int& argc, char** argv) : QApplication(argc, argv) {
  setApplicationName(QStringLiteral("spondyl"));
  setApplicationDisplayName(QStringLiteral("Spondyl"));
  setApplicationVersion(QLatin1String(SPONDYL_VERSION));
  setDesktopFileName(QStringLiteral("spondyl"));
  theme::apply(*this);
}

bool Application::notify(QObject* receiver, QEvent* event) {
  if (m_depth > 0 || QThread::currentThread() != thread())
    return QApplication::notify(receiver, event);
  // The receiver may be gone afterwards: its name is taken before.
  const char* name = receiver->metaObject()->className();
  const QEvent::Type type = event->type();
  ++m_depth;
  const double before = threadCpuSeconds();
  const bool handled = QApplication::notify(receiver, event);
  const double milliseconds = (threadCpuSeconds() - before) * 1000;
  --m_depth;
  if (milliseconds > m_longest.milliseconds) {
    const char* kind = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
    m_longest = {milliseconds,
                 QStringLiteral("%1 of %2").arg(QLatin1String(kind ? kind : "event"), QLatin1String(name))};
  }
  return handled;
}

} // namespace spondyl::app

#pragma once
// A window with everything behind it, in folders of its own.

#include "app/window/main_window.h"
#include "app/window/services.h"
#include "app/window/views_area.h"
#include "tests/app/support/block_spine.h"
#include "tests/app/support/qt_application.h"
#include "viewer/slice/slice_view.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest/QTest>

namespace spondyl::test {

struct WindowFixture {
  explicit WindowFixture(const QTemporaryDir& folder)
      : WindowFixture(folder, Path(folder.filePath("cases").toStdString())) {}
  WindowFixture(const QTemporaryDir& folder, const Path& cases)
      : services(folder.filePath("spondyl.ini"), cases), window(services) {
    window.resize(1366, 768);
    window.show();
    settle();
  }

  /// Until no job runs and the views show the present state; false after 60 s.
  bool settle() {
    QElapsedTimer clock;
    clock.start();
    for (int quiet = 0; quiet < 3;) {
      if (clock.elapsed() > 60000)
        return false;
      QTest::qWait(15);
      quiet = services.jobs.isIdle() && window.views().isUpToDate() ? quiet + 1 : 0;
    }
    return true;
  }
  void run(app::ActionId id) { window.actions().trigger(id); }
  app::Session& session() { return services.session; }

  app::Services services;
  app::MainWindow window;
};

/// With the left button, in logical pixels of the view.
inline void drag(viewer::SliceView& view, QPoint from, QPoint to) {
  QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, from);
  for (int n = 1; n <= 4; ++n)
    QTest::mouseMove(&view, from + (to - from) * n / 4);
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, to);
}

inline Path pathOf(const QTemporaryDir& folder) {
  return Path(folder.path().toStdString());
}

} // namespace spondyl::test

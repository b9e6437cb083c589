#pragma once
// One off-screen QApplication for a test program; made by the first test that needs it.

#include "app/window/application.h"

#include <QtGlobal>

namespace spondyl::test {

inline app::Application& application() {
  static app::Application* made = [] {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    static int argc = 1;
    static char name[] = "test";
    static char* argv[] = {name, nullptr};
    return new app::Application(argc, argv); // lives as long as the process
  }();
  return *made;
}

} // namespace spondyl::test

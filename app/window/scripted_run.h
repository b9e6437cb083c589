#pragma once
// The window by itself: opens, waits until all is shown, takes pictures, ends. For the demo and the gallery.

#include "core/base/file.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <vector>

namespace spondyl::app {

class MainWindow;
struct Services;

struct ScriptedOptions {
  std::vector<Path> paths;
  Path folder;          ///< where the pictures go
  bool analyse = false; ///< segment when nothing is labelled yet
  bool gallery = false; ///< through the states of the window one by one, refusals included
  bool quit = false;
};

class ScriptedRun : public QObject {
  Q_OBJECT
 public:
  ScriptedRun(Services& services, MainWindow& window, ScriptedOptions options, QObject* parent = nullptr);
  void start();

 signals:
  void finished(int exitCode);

 private:
  void addTour();
  void addGallery();
  void step();
  bool isSettled() const;
  void take(const char* name);

  Services& m_services;
  MainWindow& m_window;
  ScriptedOptions m_options;
  void add(std::function<void()> what) { m_steps.push_back(std::move(what)); }

  std::vector<std::function<void()>> m_steps;
  std::size_t m_next = 0;
  int m_settled = 0, m_failed = 0;
  QTimer m_poll;
};

} // namespace spondyl::app

#pragma once
// Runs through the slices of the active view, round and round.

#include "app/window/session.h"

#include <QTimer>

#include <functional>

namespace spondyl::app {

class CinePlayer : public QObject {
  Q_OBJECT
 public:
  /// `ready`: the last slice is on the screen; no slice is left out for speed.
  CinePlayer(Session& session, std::function<viewer::ViewKind()> view, std::function<bool()> ready,
             QObject* parent = nullptr);
  void toggle();
  void stop() { m_timer.stop(); }
  bool isRunning() const { return m_timer.isActive(); }
  double framesPerSecond() const { return m_framesPerSecond; }
  /// Held to 1 to 30.
  void setFramesPerSecond(double rate);

 private:
  void step();
  Session& m_session;
  std::function<viewer::ViewKind()> m_view;
  std::function<bool()> m_ready;
  QTimer m_timer;
  double m_framesPerSecond = 12;
};

} // namespace spondyl::app

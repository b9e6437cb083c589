#include "app/window/cine_player.h"

#include <algorithm>
#include <cmath>

namespace spondyl::app {

CinePlayer::CinePlayer(Session& session, std::function<viewer::ViewKind()> view, std::function<bool()> ready,
                       QObject* parent)
    : QObject(parent), m_session(session), m_view(std::move(view)), m_ready(std::move(ready)) {
  m_timer.setTimerType(Qt::PreciseTimer);
  setFramesPerSecond(m_framesPerSecond);
  connect(&m_timer, &QTimer::timeout, this, &CinePlayer::step);
  connect(&session, &Session::studyChanged, this, &CinePlayer::stop);
}

void CinePlayer::toggle() {
  if (m_timer.isActive())
    m_timer.stop();
  else if (m_session.hasImage() && m_view() != viewer::ViewKind::Scene3d)
    m_timer.start();
}

void CinePlayer::setFramesPerSecond(double rate) {
  m_framesPerSecond = std::clamp(rate, 1.0, 30.0);
  m_timer.setInterval(int(std::lround(1000 / m_framesPerSecond)));
}

void CinePlayer::step() {
  const viewer::ViewKind view = m_view();
  if (!m_session.hasImage() || view == viewer::ViewKind::Scene3d)
    return m_timer.stop();
  if (!m_ready())
    return;
  const viewer::ViewState now = m_session.view();
  viewer::ViewState next = viewer::scrolled(now, view, 1, *m_session.volume());
  if (distance(next.crosshair, now.crosshair) < 1e-9)
    next = viewer::scrolledToEnd(now, view, -1, *m_session.volume());
  m_session.setView(std::move(next));
}

} // namespace spondyl::app

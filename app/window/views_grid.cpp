#include "app/window/views_grid.h"

#include "app/theme/theme.h"

#include <QPainter>

namespace spondyl::app {

ViewsGrid::ViewsGrid(std::array<QWidget*, 4> views, QWidget* parent) : QWidget(parent), m_views(views) {
  for (QWidget* view : m_views)
    view->setParent(this);
  setMinimumSize(320, 320);
  arrange();
}

void ViewsGrid::setMaximised(std::optional<int> place) {
  if (place == m_maximised)
    return;
  m_maximised = place;
  arrange();
}

void ViewsGrid::resizeEvent(QResizeEvent*) {
  arrange();
}

void ViewsGrid::paintEvent(QPaintEvent*) {
  QPainter(this).fillRect(rect(), QColor(theme::line));
}

void ViewsGrid::arrange() {
  const int left = (width() - 1) / 2, top = (height() - 1) / 2; // one pixel of line between
  const QRect places[4] = {{0, 0, left, top},
                           {left + 1, 0, width() - left - 1, top},
                           {0, top + 1, left, height() - top - 1},
                           {left + 1, top + 1, width() - left - 1, height() - top - 1}};
  for (int n = 0; n < 4; ++n) {
    const bool shown = !m_maximised || *m_maximised == n;
    m_views[std::size_t(n)]->setVisible(shown);
    if (shown)
      m_views[std::size_t(n)]->setGeometry(m_maximised ? rect() : places[n]);
  }
}

} // namespace spondyl::app

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

void ViewsGrid::setLayout(viewer::Layout layout, int large) {
  if (layout == m_layout && large == m_large)
    return;
  m_layout = layout;
  m_large = large;
  arrange();
}

// One pixel of line between the views.
void ViewsGrid::arrange() {
  const int w = width(), h = height();
  std::array<QRect, 4> places;
  if (m_maximised) {
    places[std::size_t(*m_maximised)] = rect();
  } else if (m_layout == viewer::Layout::Two) {
    const int left = (w - 1) / 2;
    places[0] = {0, 0, left, h};
    places[1] = {left + 1, 0, w - left - 1, h};
  } else if (m_layout == viewer::Layout::OneAndThree) {
    const int left = (w - 1) * 2 / 3, third = (h - 2) / 3;
    int row = 0;
    for (int n = 0; n < 4; ++n) {
      const int top = row * (third + 1);
      places[std::size_t(n)] = n == m_large ? QRect(0, 0, left, h)
                                            : QRect(left + 1, top, w - left - 1, row == 2 ? h - top : third);
      row += n == m_large ? 0 : 1;
    }
  } else {
    const int left = (w - 1) / 2, top = (h - 1) / 2;
    places = {QRect{0, 0, left, top}, QRect{left + 1, 0, w - left - 1, top},
              QRect{0, top + 1, left, h - top - 1}, QRect{left + 1, top + 1, w - left - 1, h - top - 1}};
  }
  for (std::size_t n = 0; n < 4; ++n) {
    const bool shown = !places[n].isNull();
    m_views[n]->setVisible(shown);
    if (shown)
      m_views[n]->setGeometry(places[n]);
  }
}

} // namespace spondyl::app

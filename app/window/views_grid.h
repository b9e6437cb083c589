#pragma once
// Four views two by two, one large beside three, two side by side, or one alone.

#include "viewer/state/view_state.h"

#include <QWidget>

#include <array>
#include <optional>

namespace spondyl::app {

class ViewsGrid : public QWidget {
  Q_OBJECT
 public:
  /// In reading order: upper left, upper right, lower left, lower right.
  explicit ViewsGrid(std::array<QWidget*, 4> views, QWidget* parent = nullptr);
  void setMaximised(std::optional<int> place);
  /// `large`: the place of the large one of OneAndThree.
  void setLayout(viewer::Layout layout, int large);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void arrange();
  std::array<QWidget*, 4> m_views;
  std::optional<int> m_maximised;
  viewer::Layout m_layout = viewer::Layout::Four;
  int m_large = 0;
};

} // namespace spondyl::app

#pragma once
// Four views two by two, or one of them alone.

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

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void arrange();
  std::array<QWidget*, 4> m_views;
  std::optional<int> m_maximised;
};

} // namespace spondyl::app

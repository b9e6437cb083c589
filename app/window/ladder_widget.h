#pragma once
// The level ladder: every vertebra in view from top to bottom, its state by shape. One click goes there
// everywhere.

#include "app/window/ladder_layout.h"

#include <QWidget>

#include <memory>

namespace spondyl::app {

class LadderWidget : public QWidget {
  Q_OBJECT
 public:
  explicit LadderWidget(QWidget* parent = nullptr);
  void setModel(std::shared_ptr<const LevelsModel> model);
  void setSelected(InstanceId instance);
  QSize sizeHint() const override;

 signals:
  void chosen(spondyl::InstanceId instance);
  void menuAsked(spondyl::InstanceId instance, QPoint global);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool event(QEvent* event) override;

 private:
  int rowAt(double y) const;
  void paintRow(QPainter& painter, const LadderSegment& segment) const;

  std::shared_ptr<const LevelsModel> m_model;
  InstanceId m_selected;
  int m_hovered = -1;
};

/// What hovering says: name, state, confidence with its reason, problems, the other name.
QString ladderToolTip(const LevelRow& row);

} // namespace spondyl::app

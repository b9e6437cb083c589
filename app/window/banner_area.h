#pragma once
// The notices above the views, newest first, at most three at a time.

#include "app/window/notices.h"

#include <QWidget>

class QVBoxLayout;

namespace spondyl::app {

class BannerArea : public QWidget {
  Q_OBJECT
 public:
  explicit BannerArea(Notices& notices, QWidget* parent = nullptr);

 private:
  void rebuild();
  Notices& m_notices;
  QVBoxLayout* m_column = nullptr;
};

} // namespace spondyl::app

#include "app/window/header_bar.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QHBoxLayout>
#include <QMenuBar>

namespace spondyl::app {

HeaderBar::HeaderBar(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("header"));
  setAttribute(Qt::WA_StyledBackground);
  setFixedHeight(37);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, theme::gap12, 0);
  row->setSpacing(theme::gap12);
  auto* mark = new QLabel;
  mark->setPixmap(theme::icon(QStringLiteral("study"))
                      .pixmap(QSize(20, 20), devicePixelRatioF(), QIcon::Normal, QIcon::On));
  mark->setFixedWidth(theme::railWidth);
  mark->setAlignment(Qt::AlignCenter);
  mark->setAccessibleName(tr("Spondyl"));
  row->addWidget(mark);
  m_menus = new QMenuBar;
  m_menus->setNativeMenuBar(false);
  m_menus->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
  row->addWidget(m_menus);
  row->addStretch(1);
  m_state = roleLabel("secondary");
  row->addWidget(m_state);
  m_study = roleLabel("value");
  m_study->setTextInteractionFlags(Qt::TextSelectableByMouse);
  row->addWidget(m_study);
  QLabel* use = roleLabel("diagnostic", tr("not for diagnostic use"));
  use->setFixedHeight(22);
  row->addWidget(use, 0, Qt::AlignVCenter);
}

void HeaderBar::setStudy(const QString& line, const QString& state) {
  m_study->setText(line);
  m_state->setText(state);
}

} // namespace spondyl::app

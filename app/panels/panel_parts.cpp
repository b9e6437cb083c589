#include "app/panels/panel_parts.h"

#include "app/panels/cell_delegate.h"
#include "app/theme/theme.h"

#include <QHeaderView>
#include <QStyle>

namespace spondyl::app {

void setRole(QWidget* widget, const char* role) {
  widget->setProperty("role", QString::fromLatin1(role));
  widget->style()->unpolish(widget);
  widget->style()->polish(widget);
}

QLabel* roleLabel(const char* role, const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("role", QString::fromLatin1(role));
  label->setTextFormat(Qt::PlainText);
  return label;
}

QPushButton* button(const QString& text, const QString& toolTip, const char* role, QWidget* parent) {
  auto* made = new QPushButton(text, parent);
  made->setToolTip(toolTip);
  made->setAccessibleName(text);
  made->setAccessibleDescription(toolTip);
  made->setCursor(Qt::PointingHandCursor);
  if (*role)
    made->setProperty("role", QString::fromLatin1(role));
  return made;
}

QTreeWidget* table(const QStringList& headers, const QString& accessibleName, QWidget* parent) {
  auto* tree = new QTreeWidget(parent);
  tree->setColumnCount(int(headers.size()));
  tree->setHeaderLabels(headers);
  tree->setAccessibleName(accessibleName);
  tree->setItemDelegate(new CellDelegate(tree));
  tree->setRootIsDecorated(false);
  tree->setIndentation(0);
  tree->setUniformRowHeights(true);
  tree->setMouseTracking(true);
  tree->setAllColumnsShowFocus(true);
  tree->setSelectionMode(QAbstractItemView::SingleSelection);
  tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
  tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  tree->header()->setStretchLastSection(false);
  tree->header()->setSectionsClickable(false);
  tree->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  tree->header()->setMinimumSectionSize(24);
  return tree;
}

} // namespace spondyl::app

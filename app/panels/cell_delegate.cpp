#include "app/panels/cell_delegate.h"

#include "app/theme/theme.h"
#include "core/case/provenance.h"

#include <QPainter>

namespace spondyl::app {
namespace {

/// The ladder's shapes in small: hollow proposed, half edited, filled confirmed, crossed rejected.
void paintChip(QPainter& painter, QRectF box, const QColor& colour, ItemState state) {
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colour, 1.5));
  painter.setBrush(state == ItemState::Confirmed ? QBrush(colour) : QBrush(Qt::NoBrush));
  painter.drawRoundedRect(box, 2, 2);
  if (state == ItemState::Edited)
    painter.fillRect(box.adjusted(1, box.height() / 2, -1, -1), colour);
  if (state == ItemState::Rejected)
    painter.drawLine(box.topLeft(), box.bottomRight());
}

} // namespace

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
  painter->save();
  const bool selected = option.state & QStyle::State_Selected;
  if (selected)
    painter->fillRect(option.rect, QColor(theme::accentQuiet));
  else if (option.state & QStyle::State_MouseOver)
    painter->fillRect(option.rect, QColor(theme::raised));
  if (selected && index.column() == 0)
    painter->fillRect(QRect(0, option.rect.top(), 2, option.rect.height()), QColor(theme::accent));

  QRectF box = QRectF(option.rect).adjusted(theme::gap8, 0, -theme::gap8, 0);
  const QString iconName = index.data(IconNameRole).toString();
  if (!iconName.isEmpty()) {
    const bool enabled = index.flags() & Qt::ItemIsEnabled;
    const QRect at(int(option.rect.center().x()) - 8, int(option.rect.center().y()) - 8, 17, 17);
    theme::icon(iconName).paint(painter, at, Qt::AlignCenter,
                                !enabled                                 ? QIcon::Disabled
                                : option.state & QStyle::State_MouseOver ? QIcon::Active
                                                                         : QIcon::Normal);
    painter->restore();
    return;
  }
  const QVariant chip = index.data(ChipRole);
  if (chip.isValid()) {
    const QVariant shape = index.data(ShapeRole);
    paintChip(*painter, QRectF(box.left(), box.center().y() - 6, 11, 12), chip.value<QColor>(),
              shape.isValid() ? static_cast<ItemState>(shape.toInt()) : ItemState::Confirmed);
    box.setLeft(box.left() + 20);
  }
  const bool tabular = index.data(TabularRole).toBool();
  painter->setFont(
      theme::font(tabular ? theme::Type::Value : theme::Type::Body, index.data(StrongRole).toBool()));
  const QString mark = index.data(MarkRole).toString();
  const QString text = index.data(Qt::DisplayRole).toString();
  const Qt::Alignment align = index.data(Qt::TextAlignmentRole).isValid()
                                  ? Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt())
                                  : Qt::AlignLeft | Qt::AlignVCenter;
  const double markWidth = mark.isEmpty() ? 0 : 16;
  if (!mark.isEmpty()) {
    const double textWidth =
        tabular ? theme::tabularWidth(painter->font(), text) : painter->fontMetrics().horizontalAdvance(text);
    const double x = align & Qt::AlignRight ? box.right() - textWidth - markWidth : box.left();
    painter->setPen(QColor(theme::attention));
    painter->drawText(QRectF(x, box.top(), markWidth, box.height()), Qt::AlignLeft | Qt::AlignVCenter, mark);
    if (!(align & Qt::AlignRight))
      box.setLeft(box.left() + markWidth);
  }
  painter->setPen(QColor(index.data(DimRole).toBool()         ? theme::textDisabled
                         : index.data(SecondaryRole).toBool() ? theme::textSecondary
                                                              : theme::textPrimary));
  if (tabular)
    theme::drawTabular(*painter, box, align, text);
  else
    painter->drawText(box, int(align | Qt::AlignVCenter),
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, int(box.width())));
  painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width() + theme::gap16, theme::rowHeight};
}

} // namespace spondyl::app

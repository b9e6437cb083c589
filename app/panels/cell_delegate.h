#pragma once
// How a row of any panel is painted: a colour chip with the state's shape, text, tabular numbers at the
// right, marks.

#include <QStyledItemDelegate>

namespace spondyl::app {

/// Data roles that a cell may carry beside its text and alignment.
enum CellRole {
  TabularRole = Qt::UserRole + 1, ///< bool: digits of equal width, value size
  SecondaryRole,                  ///< bool: quieter colour
  ChipRole,                       ///< QColor: a chip before the text
  ShapeRole,                      ///< int: an ItemState, how the chip is filled
  MarkRole,                       ///< QString: a sign in the attention colour before the text
  StrongRole,                     ///< bool: weight 600
  KeyRole,                        ///< whatever the panel finds its row by
  SecondKeyRole,
  IconNameRole, ///< QString: an icon of the set instead of text
  DimRole       ///< bool: disabled colour
};

class CellDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace spondyl::app

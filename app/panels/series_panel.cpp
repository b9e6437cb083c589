#include "app/panels/series_panel.h"

#include "app/theme/theme.h"
#include "app/wording/error_text.h"

#include <QPainter>
#include <QStyledItemDelegate>

namespace spondyl::app {
namespace {

enum Role { UidRole = Qt::UserRole + 1, SubtitleRole, ImageRole, HeaderRole, ActiveRole };
constexpr int pictureHeight = 108, cardHeight = pictureHeight + 48, headerHeight = 44;

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

class CardDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
    return {theme::seriesWidth - 12, index.data(HeaderRole).toBool() ? headerHeight : cardHeight};
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF box = QRectF(option.rect).adjusted(theme::gap8, 0, -theme::gap8, 0);
    const auto line = [&](double top, theme::Type type, bool strong, QRgb colour, const QString& words) {
      painter->setFont(theme::font(type, strong));
      painter->setPen(QColor(colour));
      painter->drawText(QRectF(box.left(), top, box.width(), 16), Qt::AlignLeft | Qt::AlignVCenter,
                        painter->fontMetrics().elidedText(words, Qt::ElideRight, int(box.width())));
    };
    if (index.data(HeaderRole).toBool()) {
      line(box.top() + 6, theme::Type::Body, true, theme::textPrimary,
           index.data(Qt::DisplayRole).toString());
      line(box.top() + 22, theme::Type::Corner, false, theme::textSecondary,
           index.data(SubtitleRole).toString());
      painter->restore();
      return;
    }
    const bool usable = index.flags() & Qt::ItemIsEnabled, active = index.data(ActiveRole).toBool();
    const QRectF frame(box.left() + 0.5, box.top() + 0.5, box.width() - 1, pictureHeight - 1);
    painter->setPen(QPen(QColor(active                                   ? theme::accent
                                : option.state & QStyle::State_MouseOver ? theme::textDisabled
                                                                         : theme::line),
                         active ? 2 : 1));
    painter->setBrush(QColor(theme::viewBackground));
    painter->drawRoundedRect(frame, theme::radius, theme::radius);
    const QImage picture = index.data(ImageRole).value<QImage>();
    if (!picture.isNull()) {
      const QSizeF size = QSizeF(picture.size()).scaled(frame.size() - QSizeF(6, 6), Qt::KeepAspectRatio);
      painter->drawImage(QRectF(frame.center() - QPointF(size.width() / 2, size.height() / 2), size),
                         picture);
    } else if (!usable) {
      painter->setFont(theme::font(theme::Type::Corner));
      painter->setPen(QColor(theme::textSecondary));
      painter->drawText(frame.adjusted(6, 6, -6, -6), Qt::AlignCenter | Qt::TextWordWrap,
                        index.data(Qt::ToolTipRole).toString());
    }
    line(box.top() + pictureHeight + 4, theme::Type::Body, active,
         usable ? theme::textPrimary : theme::textDisabled, index.data(Qt::DisplayRole).toString());
    line(box.top() + pictureHeight + 20, theme::Type::Corner, false, theme::textSecondary,
         index.data(SubtitleRole).toString());
    painter->restore();
  }
};

} // namespace

SeriesPanel::SeriesPanel(QWidget* parent) : QListWidget(parent) {
  setObjectName(QStringLiteral("seriesColumn"));
  setAccessibleName(tr("Series"));
  setItemDelegate(new CardDelegate(this));
  setMouseTracking(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setMinimumWidth(132);
  setUniformItemSizes(false);
  const auto choose = [this](QListWidgetItem* item) {
    if (item && !item->data(HeaderRole).toBool() && (item->flags() & Qt::ItemIsEnabled))
      emit chosen(item->data(UidRole).toString());
  };
  connect(this, &QListWidget::itemClicked, this, choose);
  connect(this, &QListWidget::itemActivated, this, choose);
}

void SeriesPanel::setGroups(std::vector<StudyGroup> groups) {
  m_groups = std::move(groups);
  fill();
}

void SeriesPanel::fill() {
  clear();
  for (const StudyGroup& group : m_groups) {
    auto* head = new QListWidgetItem(text(group.title), this);
    head->setData(HeaderRole, true);
    head->setData(SubtitleRole, text(group.subtitle));
    head->setFlags(Qt::NoItemFlags);
    for (const SeriesRow& row : group.rows) {
      auto* card = new QListWidgetItem(text(row.title), this);
      card->setData(UidRole, text(row.uid));
      card->setData(SubtitleRole,
                    text(row.subtitle) +
                        (row.warnings ? QLatin1String(" ") + theme::attentionSign() : QString()));
      card->setToolTip(row.refusal ? text(errorSentence(*row.refusal)) : text(row.title));
      card->setFlags(row.usable ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags);
    }
  }
  setCurrentSeries(m_current);
}

void SeriesPanel::setThumbnail(const std::string& seriesUid, const QImage& picture) {
  for (int n = 0; n < count(); ++n)
    if (item(n)->data(UidRole).toString().toStdString() == seriesUid)
      item(n)->setData(ImageRole, picture);
}

void SeriesPanel::setCurrentSeries(const std::string& seriesUid) {
  m_current = seriesUid;
  for (int n = 0; n < count(); ++n)
    if (!item(n)->data(HeaderRole).toBool())
      item(n)->setData(ActiveRole, item(n)->data(UidRole).toString().toStdString() == seriesUid);
}

} // namespace spondyl::app

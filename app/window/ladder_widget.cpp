#include "app/window/ladder_widget.h"

#include "app/theme/theme.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

namespace spondyl::app {
namespace {

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

/// The silhouette of a vertebral body from the front: waisted sides, softly rounded corners.
QPainterPath bodyShape(const QRectF& box, bool sacrum) {
  QPainterPath path;
  const double waist = std::min(1.6, box.height() * 0.06), r = std::min(3.0, box.height() / 4);
  if (sacrum) {
    path.moveTo(box.left() - 2, box.top());
    path.lineTo(box.right() + 2, box.top());
    path.lineTo(box.center().x() + 4, box.bottom());
    path.lineTo(box.center().x() - 4, box.bottom());
    path.closeSubpath();
    return path;
  }
  path.moveTo(box.left() + r, box.top());
  path.lineTo(box.right() - r, box.top());
  path.quadTo(box.right(), box.top(), box.right(), box.top() + r);
  path.quadTo(box.right() - 2 * waist, box.center().y(), box.right(), box.bottom() - r);
  path.quadTo(box.right(), box.bottom(), box.right() - r, box.bottom());
  path.lineTo(box.left() + r, box.bottom());
  path.quadTo(box.left(), box.bottom(), box.left(), box.bottom() - r);
  path.quadTo(box.left() + 2 * waist, box.center().y(), box.left(), box.top() + r);
  path.quadTo(box.left(), box.top(), box.left() + r, box.top());
  return path;
}

QString stateWords(const LevelRow& row) {
  switch (row.state) {
  case ItemState::Proposed:
    return LadderWidget::tr("proposed, not reviewed");
  case ItemState::Edited:
    return LadderWidget::tr("accepted or edited, not confirmed");
  case ItemState::Confirmed:
    return LadderWidget::tr("confirmed");
  case ItemState::Rejected:
    return LadderWidget::tr("rejected");
  }
  return {};
}

} // namespace

QString ladderToolTip(const LevelRow& row) {
  QStringList lines;
  lines << LadderWidget::tr("%1, %2").arg(text(row.name), stateWords(row));
  lines << (row.reason.empty() ? LadderWidget::tr("Confidence %1 (%2 %)")
                                     .arg(text(bandName(row.band)))
                                     .arg(qRound(row.confidence * 100))
                               : LadderWidget::tr("Confidence %1 (%2 %): %3")
                                     .arg(text(bandName(row.band)))
                                     .arg(qRound(row.confidence * 100))
                                     .arg(text(row.reason)));
  if (row.isAnchor)
    lines << LadderWidget::tr("The naming rests on this one");
  if (!row.otherName.empty())
    lines << LadderWidget::tr("Could be %1 under another numbering").arg(text(row.otherName));
  for (const std::string& problem : row.problems)
    lines << theme::attentionSign() + QLatin1Char(' ') + text(problem);
  if (row.openFindings)
    lines << (row.openFindings == 1 ? LadderWidget::tr("1 finding to review")
                                    : LadderWidget::tr("%1 findings to review").arg(row.openFindings));
  return lines.join(QLatin1Char('\n'));
}

LadderWidget::LadderWidget(QWidget* parent) : QWidget(parent), m_model(std::make_shared<LevelsModel>()) {
  setObjectName(QStringLiteral("ladder"));
  setAttribute(Qt::WA_StyledBackground);
  setFixedWidth(theme::ladderWidth);
  setMouseTracking(true);
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("Level ladder"));
  setAccessibleDescription(
      tr("Vertebrae from top to bottom; Up and Down choose the level that all views show"));
}

QSize LadderWidget::sizeHint() const {
  return {theme::ladderWidth, 400};
}

void LadderWidget::setModel(std::shared_ptr<const LevelsModel> model) {
  m_model = std::move(model);
  m_hovered = -1;
  update();
}

void LadderWidget::setSelected(InstanceId instance) {
  if (m_selected == instance)
    return;
  m_selected = instance;
  update();
}

int LadderWidget::rowAt(double y) const {
  return ladderRowAt(ladderLayout(*m_model, height()), y);
}

void LadderWidget::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), QColor(theme::panel));
  painter.fillRect(QRectF(0, 0, 1, height()), QColor(theme::line));
  const LadderLayout layout = ladderLayout(*m_model, height());
  painter.setFont(theme::font(theme::Type::Corner));
  painter.setPen(QColor(theme::textDisabled));
  const auto ghost = [&](const std::string& name, double centre) {
    painter.setPen(QColor(theme::textDisabled));
    painter.drawText(QRectF(4, centre - 8, 22, 16), Qt::AlignRight | Qt::AlignVCenter, text(name));
    QPen dotted(QColor(theme::textDisabled), 1.5, Qt::DotLine, Qt::RoundCap);
    painter.setPen(dotted);
    painter.drawLine(QPointF(31, centre), QPointF(45, centre));
  };
  if (!layout.segments.empty() && !m_model->aboveName.empty())
    ghost(m_model->aboveName, layout.aboveTop - 10);
  if (!layout.segments.empty() && !m_model->belowName.empty())
    ghost(m_model->belowName, layout.belowBottom + 10);
  for (const LadderSegment& segment : layout.segments)
    paintRow(painter, segment);
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(theme::accent), 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(2, 1, -1, -1), theme::radius, theme::radius);
  }
}

void LadderWidget::paintRow(QPainter& painter, const LadderSegment& segment) const {
  const LevelRow& row = m_model->rows[segment.row];
  const bool selected = row.instance == m_selected;
  const QRectF all(1, segment.top, width() - 1, segment.bottom - segment.top);
  if (selected || int(segment.row) == m_hovered)
    painter.fillRect(all, QColor(selected ? theme::accentQuiet : theme::raised));
  if (selected)
    painter.fillRect(QRectF(0, segment.top, 3, all.height()), QColor(theme::accent));

  const QColor colour = theme::labelColour(row.colour);
  const double gap = all.height() * (row.isSacrum ? 0.06 : 0.13); // what a disc leaves
  const QRectF box(29, all.top() + gap, 18, std::max(4.0, all.height() - 2 * gap));
  const QPainterPath body = bodyShape(box, row.isSacrum);
  painter.setPen(Qt::NoPen);
  const bool uncertain = row.band == Band::Low || !row.problems.empty();
  if (row.state == ItemState::Confirmed) {
    painter.fillPath(body, colour);
  } else if (row.state == ItemState::Edited) {
    painter.save();
    painter.setClipRect(QRectF(box.left() - 4, box.center().y(), box.width() + 8, box.height()));
    painter.fillPath(body, colour);
    painter.restore();
  }
  if (uncertain && row.state != ItemState::Confirmed)
    painter.fillPath(body, QBrush(colour, Qt::BDiagPattern));
  QPen outline(colour, 1.5);
  if (!row.whole)
    outline.setStyle(Qt::DotLine);
  painter.setPen(outline);
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(body);

  painter.setFont(theme::font(theme::Type::Corner, selected));
  painter.setPen(QColor(selected                            ? theme::textPrimary
                        : row.state == ItemState::Confirmed ? theme::textPrimary
                                                            : theme::textSecondary));
  const double centre = all.center().y();
  const bool roomBelow = all.height() >= 34;
  const bool second = roomBelow && (row.isAnchor || !row.otherName.empty());
  const double nameCentre = second ? centre - 7 : centre;
  painter.drawText(QRectF(4, nameCentre - 8, 22, 16), Qt::AlignRight | Qt::AlignVCenter, text(row.name));
  if (second && row.isAnchor) {
    theme::icon(QStringLiteral("anchor")).paint(&painter, QRect(13, int(centre), 13, 13));
  } else if (second) {
    painter.setFont(theme::font(theme::Type::Corner));
    painter.setPen(QColor(theme::textDisabled));
    painter.drawText(QRectF(4, centre, 22, 14), Qt::AlignRight | Qt::AlignVCenter, text(row.otherName));
  } else if (row.isAnchor) {
    painter.setPen(QPen(QColor(theme::textSecondary), 1.5));
    painter.drawLine(QPointF(27, centre - 4), QPointF(27, centre + 4));
  }
  if (row.openFindings || row.confirmedFindings) {
    const QPointF c(51.5, centre);
    QPolygonF diamond{{c.x(), c.y() - 4}, {c.x() + 4, c.y()}, {c.x(), c.y() + 4}, {c.x() - 4, c.y()}};
    painter.setPen(QPen(QColor(theme::attention), 1.25));
    painter.setBrush(row.openFindings ? QBrush(Qt::NoBrush) : QBrush(QColor(theme::attention)));
    painter.drawPolygon(diamond);
  }
}

void LadderWidget::mousePressEvent(QMouseEvent* event) {
  const int row = rowAt(event->position().y());
  if (row >= 0 && event->button() == Qt::LeftButton)
    emit chosen(m_model->rows[std::size_t(row)].instance);
}

void LadderWidget::mouseMoveEvent(QMouseEvent* event) {
  const int row = rowAt(event->position().y());
  if (row == m_hovered)
    return;
  m_hovered = row;
  setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  update();
}

void LadderWidget::leaveEvent(QEvent*) {
  m_hovered = -1;
  update();
}

void LadderWidget::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Up && event->key() != Qt::Key_Down)
    return QWidget::keyPressEvent(event);
  if (const LevelRow* row = m_model->neighbour(m_selected, event->key() == Qt::Key_Up ? -1 : 1))
    emit chosen(row->instance);
}

void LadderWidget::contextMenuEvent(QContextMenuEvent* event) {
  const int row = event->reason() == QContextMenuEvent::Keyboard ? -1 : rowAt(event->pos().y());
  if (row >= 0)
    emit menuAsked(m_model->rows[std::size_t(row)].instance, event->globalPos());
  else if (const LevelRow* chosenRow = m_model->find(m_selected))
    emit menuAsked(chosenRow->instance, event->globalPos());
}

bool LadderWidget::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = rowAt(help->pos().y());
    if (row >= 0)
      QToolTip::showText(help->globalPos(), ladderToolTip(m_model->rows[std::size_t(row)]), this);
    else
      QToolTip::hideText();
    return true;
  }
  return QWidget::event(event);
}

} // namespace spondyl::app

#include "app/report/page_flow.h"

#include <QFontDatabase>
#include <QIODevice>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>

#include <algorithm>
#include <cmath>

namespace spondyl::app {
namespace {

QStringList families() {
  static const QStringList present = [] {
    const QStringList known = QFontDatabase::families();
    QStringList list;
    for (const char* name : {"Inter", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "DejaVu Sans"})
      if (known.contains(QString::fromLatin1(name)))
        list << QString::fromLatin1(name);
    if (list.isEmpty())
      list << QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    return list;
  }();
  return present;
}

/// Line ends become separators that a text layout breaks at; other control characters have no place on paper.
QString printable(const QString& text) {
  QString clean;
  clean.reserve(text.size());
  for (const QChar c : text) {
    if (c == QLatin1Char('\n'))
      clean += QChar::LineSeparator;
    else if (c == QLatin1Char('\t'))
      clean += QLatin1Char(' ');
    else if (c.unicode() >= 0x20 && c.unicode() != 0x7F)
      clean += c;
  }
  return clean;
}

} // namespace

QFont fontOf(const TextStyle& style) {
  QFont font(families());
  font.setPixelSize(std::max(1, int(std::lround(pt(style.points)))));
  font.setWeight(style.strong ? QFont::DemiBold : QFont::Normal);
  font.setItalic(style.italic);
  font.setHintingPreference(QFont::PreferNoHinting);
  // Inter's contextual forms ("(" beside capitals, the minus sign beside digits) are glyphs that a PDF cannot
  // map back to characters: they would be missing from what one copies or searches. Scripts that need shaping
  // still get it.
  font.setStyleStrategy(QFont::PreferNoShaping);
  return font;
}

void drawRule(QPainter& painter, double x1, double y, double x2, double points, QRgb ink) {
  painter.setPen(QPen(QColor(ink), pt(points)));
  painter.drawLine(QPointF(x1, y), QPointF(x2, y));
}

TextBlock::TextBlock(const QString& text, const TextStyle& style, double width)
    : m_layout(std::make_shared<QTextLayout>(printable(text), fontOf(style))), m_ink(style.ink) {
  QTextOption option(style.align);
  option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  option.setUseDesignMetrics(true);
  m_layout->setTextOption(option);
  m_layout->setCacheEnabled(true);
  const double lineHeight = pt(style.points) * 1.36;
  m_layout->beginLayout();
  double y = 0;
  for (QTextLine line = m_layout->createLine(); line.isValid(); line = m_layout->createLine()) {
    line.setLineWidth(width);
    line.setPosition(QPointF(0, y));
    y += lineHeight;
  }
  m_layout->endLayout();
}

double TextBlock::heightOf(int firstLine, int endLine) const {
  if (endLine <= firstLine)
    return 0;
  const double lineHeight = m_layout->font().pixelSize() * 1.36;
  return lineHeight * (endLine - firstLine);
}

double TextBlock::naturalWidth() const {
  double width = 0;
  for (int n = 0; n < lineCount(); ++n)
    width = std::max(width, m_layout->lineAt(n).naturalTextWidth());
  return width;
}

double TextBlock::ascent() const {
  return lineCount() ? m_layout->lineAt(0).ascent() : 0;
}

void TextBlock::draw(QPainter& painter, double x, double y, int firstLine, int endLine) const {
  painter.setPen(QColor(m_ink));
  const double before = heightOf(0, firstLine);
  for (int n = firstLine; n < std::min(endLine, lineCount()); ++n)
    m_layout->lineAt(n).draw(&painter, QPointF(x, y - before));
}

PageFlow::PageFlow() : m_pages(1), m_y(top()) {}

void PageFlow::skip(double height) {
  if (!atTop())
    m_y += height;
}

void PageFlow::newPage() {
  m_pages.emplace_back();
  m_y = top();
}

void PageFlow::need(double height) {
  if (height > room() && !atTop())
    newPage();
}

void PageFlow::paragraph(const QString& text, const TextStyle& style, double indent) {
  if (text.isEmpty())
    return;
  const TextBlock block(text, style, width() - indent);
  // No lone last line on a page of its own, no lone first line at the foot.
  if (block.lineCount() <= 3)
    need(block.height());
  else
    need(block.heightOf(0, 2));
  for (int n = 0; n < block.lineCount();) {
    const int fitting = int(std::floor(room() / block.heightOf(0, 1)));
    const int end = std::min(block.lineCount(), n + std::max(1, fitting));
    draw([block, x = left() + indent, y = m_y, n, end](QPainter& p) { block.draw(p, x, y, n, end); });
    advance(block.heightOf(n, end));
    n = end;
    if (n < block.lineCount())
      newPage();
  }
}

void PageFlow::heading(const QString& text, double following) {
  const TextBlock block(text, {12, true}, width());
  skip(pt(15));
  need(block.height() + pt(5) + following);
  draw([block, y = m_y](QPainter& p) {
    block.draw(p, left(), y);
    drawRule(p, left(), y + block.height() + pt(2), left() + width());
  });
  advance(block.height() + pt(7));
}

bool PageFlow::write(QIODevice& device, const PageFurniture& furniture) const {
  QPdfWriter writer(&device);
  writer.setResolution(int(72 * unitsPerPoint));
  writer.setPageSize(QPageSize(QPageSize::A4));
  writer.setPageMargins(QMarginsF(0, 0, 0, 0));
  writer.setTitle(furniture.title);
  writer.setCreator(furniture.creator);
  QPainter painter;
  if (!painter.begin(&writer))
    return false;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const int count = int(m_pages.size());
  for (int n = 0; n < count; ++n) {
    if (n > 0 && !writer.newPage())
      return false;
    const double right = left() + width();
    if (n > 0) {
      TextBlock(furniture.runningTitle, {8, false, false, inkSecondary}, width())
          .draw(painter, left(), mm(9.5), 0, 1);
      drawRule(painter, left(), mm(14), right, 0.3, inkRule);
    }
    for (const Drawing& drawing : m_pages[std::size_t(n)]) {
      painter.save();
      drawing(painter);
      painter.restore();
    }
    const double y = mm(297 - 15);
    drawRule(painter, left(), mm(297 - 16.5), right, 0.3, inkRule);
    TextBlock(furniture.footLeft, {7.5, false, false, inkSecondary}, width() * 0.36)
        .draw(painter, left(), y, 0, 2);
    TextBlock(furniture.footMiddle, {8, true, false, inkPrimary, Qt::AlignHCenter}, width())
        .draw(painter, left(), y);
    const QString page = QStringLiteral("page %1 of %2").arg(n + 1).arg(count);
    TextBlock(page, {7.5, false, false, inkSecondary, Qt::AlignRight}, width() * 0.2)
        .draw(painter, left() + width() * 0.8, y);
  }
  return painter.end();
}

} // namespace spondyl::app

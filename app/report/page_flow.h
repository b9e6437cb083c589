#pragma once
// Text and drawings flowing over A4 pages. What is placed is kept until the number of pages is known.
// Positions in units of 1/20 point from the page's top left, so that laying out needs no device and hints
// nothing.

#include <QColor>
#include <QFont>
#include <QString>
#include <QTextLayout>

#include <functional>
#include <memory>
#include <vector>

class QIODevice;
class QPainter;

namespace spondyl::app {

inline constexpr double unitsPerPoint = 20;
inline constexpr double pt(double points) {
  return points * unitsPerPoint;
}
inline constexpr double mm(double millimetres) {
  return millimetres * unitsPerPoint * 72 / 25.4;
}

inline constexpr QRgb inkPrimary = 0xFF000000, inkSecondary = 0xFF555555, inkRule = 0xFFBBBBBB;

struct TextStyle {
  double points = 9.5;
  bool strong = false, italic = false;
  QRgb ink = inkPrimary;
  Qt::Alignment align = Qt::AlignLeft;
};
/// The report's family, with others behind it for scripts that it lacks.
QFont fontOf(const TextStyle& style);
/// A hairline or heavier.
void drawRule(QPainter& painter, double x1, double y, double x2, double points = 0.4, QRgb ink = inkPrimary);

/// A text wrapped to a width.
class TextBlock {
 public:
  TextBlock(const QString& text, const TextStyle& style, double width);
  int lineCount() const { return m_layout->lineCount(); }
  double height() const { return heightOf(0, lineCount()); }
  double heightOf(int firstLine, int endLine) const;
  double naturalWidth() const;
  /// From the block's top to the first line's baseline.
  double ascent() const;
  /// Lines firstLine … endLine - 1, the first one's top at `y`.
  void draw(QPainter& painter, double x, double y, int firstLine, int endLine) const;
  void draw(QPainter& painter, double x, double y) const { draw(painter, x, y, 0, lineCount()); }

 private:
  std::shared_ptr<QTextLayout> m_layout;
  QRgb m_ink;
};

struct PageFurniture {
  QString runningTitle;           ///< top of every page but the first
  QString footLeft, footMiddle;   ///< at the right: "page n of m"
  QString title, creator, author; ///< of the document
};

class PageFlow {
 public:
  using Drawing = std::function<void(QPainter&)>;

  PageFlow();
  static constexpr double left() { return mm(18); }
  static constexpr double width() { return mm(210 - 36); }
  static constexpr double top() { return mm(18); }
  static constexpr double bottom() { return mm(297 - 20); }

  double y() const { return m_y; }
  double room() const { return bottom() - m_y; }
  bool atTop() const { return m_y <= top(); }
  /// Keeps the drawing for the current page.
  void draw(Drawing drawing) { m_pages.back().push_back(std::move(drawing)); }
  /// A gap, or nothing at the top of a page.
  void skip(double height);
  void advance(double height) { m_y += height; }
  void newPage();
  /// Begins a page if less than this is left.
  void need(double height);

  /// Wrapped; long ones go on on the next page.
  void paragraph(const QString& text, const TextStyle& style = {}, double indent = 0);
  /// Kept together with `following` of what comes after it.
  void heading(const QString& text, double following = pt(40));

  /// Draws all pages with their head and foot lines.
  bool write(QIODevice& device, const PageFurniture& furniture) const;

 private:
  std::vector<std::vector<Drawing>> m_pages;
  double m_y = 0;
};

struct TableColumn {
  QString title;
  double width = 0;
  Qt::Alignment align = Qt::AlignLeft;
};
struct TableCell {
  QString text;
  TextStyle style;
};
/// What a table wants to have left of a page: a short one all of itself, a long one its first rows.
double heightToBegin(const std::vector<TableColumn>& columns,
                     const std::vector<std::vector<TableCell>>& rows);
/// Hairlines between rows; the head is repeated on each page; a row goes on on the next page only if it is
/// taller than one.
void drawTable(PageFlow& flow, const std::vector<TableColumn>& columns,
               const std::vector<std::vector<TableCell>>& rows);

} // namespace spondyl::app

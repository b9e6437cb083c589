#include "app/report/page_flow.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace spondyl::app {
namespace {

constexpr double gutter = pt(6), padding = pt(2.4);

struct PlacedCell {
  TextBlock block;
  double x;
  double drop = 0; ///< of its first line, for the common baseline
  int next = 0;    ///< first line not drawn yet
};

std::vector<PlacedCell> placed(const std::vector<TableColumn>& columns, const std::vector<TableCell>& cells) {
  std::vector<PlacedCell> out;
  double x = PageFlow::left();
  for (std::size_t n = 0; n < columns.size() && n < cells.size(); ++n) {
    TextStyle style = cells[n].style;
    style.align = columns[n].align;
    const bool isLast = n + 1 == columns.size();
    out.push_back({TextBlock(cells[n].text, style, columns[n].width - (isLast ? 0 : gutter)), x});
    x += columns[n].width;
  }
  // Texts of different size in one row stand on one baseline.
  double ascent = 0;
  for (const PlacedCell& c : out)
    ascent = std::max(ascent, c.block.ascent());
  for (PlacedCell& c : out)
    c.drop = c.block.lineCount() == 1 ? ascent - c.block.ascent() : 0;
  return out;
}

double heightOf(const std::vector<PlacedCell>& cells) {
  double height = 0;
  for (const PlacedCell& c : cells)
    height = std::max(height, c.block.heightOf(c.next, c.block.lineCount()));
  return height + 2 * padding;
}

void drawHead(PageFlow& flow, const std::vector<TableColumn>& columns) {
  std::vector<TableCell> cells;
  for (const TableColumn& c : columns)
    cells.push_back({c.title, {8, true}});
  const std::vector<PlacedCell> head = placed(columns, cells);
  const double height = heightOf(head), y = flow.y();
  flow.draw([head, y, height](QPainter& p) {
    // Titles of one line stand at the foot of titles of two.
    for (const PlacedCell& c : head)
      c.block.draw(p, c.x, y + height - padding - c.block.height());
    drawRule(p, PageFlow::left(), y + height, PageFlow::left() + PageFlow::width(), 0.6);
  });
  flow.advance(height);
}

constexpr double headHeight = pt(32);

} // namespace

double heightToBegin(const std::vector<TableColumn>& columns,
                     const std::vector<std::vector<TableCell>>& rows) {
  constexpr std::size_t shortTable = 6, firstRows = 3;
  double together = headHeight;
  for (std::size_t n = 0; n < std::min(rows.size(), rows.size() <= shortTable ? shortTable : firstRows); ++n)
    together += heightOf(placed(columns, rows[n]));
  return std::min(together, (PageFlow::bottom() - PageFlow::top()) * 0.8);
}

void drawTable(PageFlow& flow, const std::vector<TableColumn>& columns,
               const std::vector<std::vector<TableCell>>& rows) {
  if (rows.empty())
    return;
  flow.need(heightToBegin(columns, rows));
  drawHead(flow, columns);
  const double fullPage = PageFlow::bottom() - PageFlow::top() - headHeight;
  const auto nextPage = [&] {
    flow.newPage();
    drawHead(flow, columns);
  };
  for (const auto& row : rows) {
    std::vector<PlacedCell> cells = placed(columns, row);
    if (heightOf(cells) > flow.room() && heightOf(cells) <= fullPage)
      nextPage();
    for (bool done = false; !done;) {
      if (flow.room() < pt(20))
        nextPage();
      done = true;
      const double y = flow.y(), room = flow.room() - 2 * padding;
      double used = 0;
      for (PlacedCell& c : cells) {
        const int fitting = std::max(1, int(std::floor(room / std::max(1.0, c.block.heightOf(0, 1)))));
        const int end = std::min(c.block.lineCount(), c.next + fitting);
        if (end > c.next)
          flow.draw([block = c.block, x = c.x, y = y + c.drop, first = c.next, end](QPainter& p) {
            block.draw(p, x, y + padding, first, end);
          });
        used = std::max(used, c.block.heightOf(c.next, end));
        c.next = end;
        done = done && end == c.block.lineCount();
      }
      const double foot = y + used + 2 * padding;
      flow.draw([foot](QPainter& p) {
        drawRule(p, PageFlow::left(), foot, PageFlow::left() + PageFlow::width(), 0.3, inkRule);
      });
      flow.advance(used + 2 * padding);
      if (!done)
        nextPage();
    }
  }
}

} // namespace spondyl::app

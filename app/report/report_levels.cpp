// The table per level, and what stands below it.
#include "app/report/report_sections.h"
#include "core/report/report_table.h"

#include <map>

namespace spondyl::app {
namespace {

QString text(const std::string& utf8) {
  return QString::fromStdString(utf8);
}

const TextStyle note{7.5, false, false, inkSecondary};

QString namingLine(const LevelChain& chain) {
  QStringList anchors;
  for (const Anchor a : chain.anchors)
    if (a != Anchor::None)
      anchors << text(anchorName(a)).replace(QLatin1Char('-'), QLatin1Char(' '));
  if (anchors.isEmpty() && chain.anchor != Anchor::None)
    anchors << text(anchorName(chain.anchor)).replace(QLatin1Char('-'), QLatin1Char(' '));
  QString line = chain.naming == Naming::Certain   ? QStringLiteral("Naming: certain")
                 : chain.naming == Naming::Assumed ? QStringLiteral("Naming: assumed")
                                                   : QStringLiteral("Naming: to be decided by the reader");
  if (!anchors.isEmpty())
    line += QStringLiteral(", by ") + anchors.join(QStringLiteral(", "));
  for (const NamingAlternative& a : chain.alternatives) {
    const QString what = !a.variant.empty() ? text(a.variant)
                         : a.shift          ? QStringLiteral("all names shifted by %1").arg(a.shift)
                                            : QString();
    if (!what.isEmpty() && a.probability >= 0.005)
      line += QStringLiteral("; otherwise %1 (%2 %)").arg(what).arg(100 * a.probability, 0, 'f', 0);
  }
  return line + QStringLiteral(".");
}

/// Levels by reason: "C1 (Ha, Hm), C2 (HU)". A whole table has few reasons and many cells that share them.
std::vector<std::string> missingReasons(const ReportTable& table) {
  std::vector<std::string> order;
  std::map<std::string, std::string> where;
  for (const ReportTableRow& row : table.rows) {
    std::map<std::string, std::string> ofRow;
    for (std::size_t n = 0; n < row.cells.size() && n < table.columns.size(); ++n) {
      const ReportCell& cell = row.cells[n];
      if (cell.outOfRange || cell.why.empty())
        continue;
      std::string& columns = ofRow[cell.why];
      columns += (columns.empty() ? "" : ", ") + table.columns[n].title;
    }
    for (const auto& [why, columns] : ofRow) {
      if (!where.count(why))
        order.push_back(why);
      std::string& places = where[why];
      places += (places.empty() ? "" : ", ") + row.level + " (" + columns + ")";
    }
  }
  for (std::string& why : order)
    why = "— " + why + ": " + where[why];
  return order;
}

} // namespace

void addLevels(PageFlow& flow, const Report& r) {
  const ReportTable table = levelTable(r);
  if (table.rows.empty())
    return;
  const double level = pt(34), state = pt(56), number = pt(41);
  std::vector<TableColumn> columns = {
      {QStringLiteral("Level"), level, Qt::AlignLeft},
      {QStringLiteral("State"), state, Qt::AlignLeft},
      {QStringLiteral("Findings"), PageFlow::width() - level - state - number * double(table.columns.size()),
       Qt::AlignLeft}};
  for (const ReportColumn& c : table.columns)
    columns.push_back({text(c.title) + (c.unit.empty() ? QString() : QStringLiteral("\n") + text(c.unit)),
                       number, Qt::AlignRight});

  std::vector<std::vector<TableCell>> rows;
  for (const ReportTableRow& row : table.rows) {
    std::vector<TableCell> cells = {
        {text(row.level), {9, true}},
        {row.reviewed ? QStringLiteral("reviewed") : QStringLiteral("not reviewed"),
         {7.5, false, !row.reviewed, inkSecondary}},
        {text(row.findings), {8.5}}};
    for (const ReportCell& c : row.cells)
      cells.push_back({(c.outOfRange ? QStringLiteral("▲ ") : QString()) + text(c.text),
                       {9, c.outOfRange, !c.reviewed && !c.text.empty()}});
    rows.push_back(std::move(cells));
  }
  flow.heading(QStringLiteral("Levels"), heightToBegin(columns, rows) + pt(30));
  flow.paragraph(namingLine(r.chain), {8.5, false, false, inkSecondary});
  flow.advance(pt(3));
  drawTable(flow, columns, rows);
  flow.skip(pt(4));
  flow.paragraph(
      QStringLiteral(
          "Ha, Hm, Hp: anterior, middle, posterior body height. Loss: largest height loss against the "
          "neighbours. Disc: height of the disc below (Dabbs). "
          "Slip: against the level below, anterior positive. HU: trabecular mean. Italic: not reviewed."),
      note);
  for (const std::string& foot : table.footnotes)
    if (foot.starts_with("▲"))
      flow.paragraph(text(foot), note);
  for (const std::string& why : missingReasons(table))
    flow.paragraph(text(why), note);
}

} // namespace spondyl::app

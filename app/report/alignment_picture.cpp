#include "app/report/alignment_picture.h"

#include "app/report/page_flow.h"
#include "core/report/report_table.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace spondyl::app {
namespace {

using Outline = std::array<std::array<double, 2>, 4>;

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double size() const { return high > low ? high - low : 0; }
  bool empty() const { return !(high >= low); }
};

bool hasFinding(const Report& report, InstanceId instance) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const ReportFinding& f) { return f.finding.instance == instance; });
}

void drawText(QPainter& p, const QString& text, const TextStyle& style, double x, double yMiddle,
              double width) {
  const TextBlock block(text, style, width);
  block.draw(p, x, yMiddle - block.height() / 2, 0, 1);
}

/// One of the two projections: `across` grows to the right on paper, z upwards.
struct Projection {
  double left, top, scale, acrossLow, zHigh;
  QPointF operator()(double across, double z) const {
    return {left + (across - acrossLow) * scale, top + (zHigh - z) * scale};
  }
  QPointF operator()(const std::array<double, 2>& p) const { return (*this)(p[0], p[1]); }
};

void drawBodies(QPainter& p, const Report& report, const Projection& at, bool sagittal, double nameSize) {
  for (const ReportLevel& level : report.levels) {
    const auto& outline = sagittal ? level.sagittal : level.coronal;
    if (!outline)
      continue;
    QPolygonF shape;
    for (const auto& corner : *outline)
      shape << at(corner);
    const bool marked = hasFinding(report, level.instance);
    QPen pen(QColor(inkPrimary), pt(0.7), level.reviewed ? Qt::SolidLine : Qt::CustomDashLine);
    if (!level.reviewed)
      pen.setDashPattern({3, 2});
    pen.setJoinStyle(Qt::RoundJoin);
    p.setPen(pen);
    p.setBrush(marked           ? QColor(0xB8, 0xB8, 0xB8)
               : level.reviewed ? QColor(0xEE, 0xEE, 0xEE)
                                : QColor(Qt::white));
    p.drawPolygon(shape);
    if (!sagittal)
      continue;
    const QRectF box = shape.boundingRect();
    drawText(p, QString::fromStdString(level.name), {nameSize, marked, false, inkPrimary, Qt::AlignRight},
             box.left() - pt(37), box.center().y(), pt(30));
  }
}

/// The two end plates of an angle, and a bracket with its value beside the spine.
void drawAngle(QPainter& p, const Measurement& m, const Projection& at, bool sagittal, double bracketX,
               bool reviewed) {
  std::array<double, 2> middle{};
  for (std::size_t n = 0; n < 2; ++n) {
    const MeasurementLine& line = m.lines[n];
    const QPointF from = at(sagittal ? line.from.y : line.from.x, line.from.z),
                  to = at(sagittal ? line.to.y : line.to.x, line.to.z);
    const QPointF along = (to - from) * 0.22;
    p.setPen(QPen(QColor(inkPrimary), pt(1.3)));
    p.drawLine(from - along, to + along);
    middle[n] = (from.y() + to.y()) / 2;
  }
  const double top = std::min(middle[0], middle[1]), foot = std::max(middle[0], middle[1]);
  p.setPen(QPen(QColor(inkPrimary), pt(0.5)));
  p.drawPolyline(
      QPolygonF({{bracketX - pt(3), top}, {bracketX, top}, {bracketX, foot}, {bracketX - pt(3), foot}}));
  const double y = (top + foot) / 2, x = bracketX + pt(4), width = pt(60);
  const std::size_t dot = m.id.rfind('.');
  QString levels = QString::fromStdString(dot == std::string::npos ? m.level : m.id.substr(dot + 1));
  levels.replace(QLatin1Char('-'), QChar(0x2013));
  const QString value = (m.isOutOfRange() ? QStringLiteral("▲ ") : QString()) +
                        QString::fromStdString(shownValue(m)) + QStringLiteral("°");
  drawText(p, value, {8.5, true, !reviewed}, x, y - pt(5), width);
  drawText(p, levels, {6.5, false, false, inkSecondary}, x, y + pt(4.5), width);
}

bool isDrawnAngle(const Measurement& m, bool sagittal) {
  if (!m.value || m.lines.size() < 2)
    return false;
  return sagittal ? m.id.starts_with("lordosis.") || m.id.starts_with("kyphosis.")
                  : m.id.starts_with("cobb.coronal");
}

void drawPanelTitle(QPainter& p, const QString& title, const QString& leftLetter, const QString& rightLetter,
                    const QRectF& panel) {
  drawText(p, title, {8, true, false, inkPrimary, Qt::AlignHCenter}, panel.left(), panel.top() + pt(6),
           panel.width());
  drawText(p, leftLetter, {7.5, false, false, inkSecondary}, panel.left(), panel.top() + pt(6), pt(20));
  drawText(p, rightLetter, {7.5, false, false, inkSecondary, Qt::AlignRight}, panel.right() - pt(20),
           panel.top() + pt(6), pt(20));
}

} // namespace

bool hasAlignmentPicture(const Report& report) {
  const auto drawn = std::count_if(report.levels.begin(), report.levels.end(),
                                   [](const ReportLevel& l) { return l.sagittal || l.coronal; });
  return drawn >= 2;
}

void drawAlignmentPicture(QPainter& p, const QRectF& area, const Report& report) {
  Range y, x, z;
  for (const ReportLevel& level : report.levels) {
    for (const auto* outline : {&level.sagittal, &level.coronal})
      if (*outline)
        for (const auto& corner : **outline) {
          (outline == &level.sagittal ? y : x).add(corner[0]);
          z.add(corner[1]);
        }
  }
  if (z.empty())
    return;
  const double names = pt(36), values = pt(52), head = pt(20), foot = pt(26);
  const bool both = !y.empty() && !x.empty();
  const double across = y.size() + x.size(), free = area.width() - names - values * (both ? 2 : 1) - pt(10);
  const double scale =
      std::min((area.height() - head - foot) / std::max(1.0, z.size()), free / std::max(1.0, across));
  // Spare width stands evenly around the two spines.
  const double spare = std::max(0.0, free - across * scale);
  const double sagittalWidth = y.empty() ? 0 : names + y.size() * scale + values + spare / 2;
  const double top = area.top() + head + (area.height() - head - foot - z.size() * scale) / 2;
  const auto levels = double(std::max<std::size_t>(1, report.levels.size()));
  const double nameSize = std::clamp(z.size() * scale / levels / unitsPerPoint * 0.8, 4.5, 7.0);

  for (const bool sagittal : {true, false}) {
    const Range& range = sagittal ? y : x;
    if (range.empty())
      continue;
    const QRectF panel = sagittal
                             ? QRectF(area.left(), area.top(), sagittalWidth, area.height())
                             : QRectF(area.left() + sagittalWidth + pt(10), area.top(),
                                      area.right() - area.left() - sagittalWidth - pt(10), area.height());
    const double first = sagittal ? panel.left() + names + spare / 4
                                  : panel.left() + (panel.width() - values - range.size() * scale) / 2;
    const Projection at{first, top, scale, range.low, z.high};
    drawPanelTitle(p, sagittal ? QStringLiteral("Sagittal") : QStringLiteral("Coronal"),
                   sagittal ? QStringLiteral("A") : QStringLiteral("R"),
                   sagittal ? QStringLiteral("P") : QStringLiteral("L"), panel);
    drawBodies(p, report, at, sagittal, nameSize);
    for (const ReportMeasurement& m : report.measurements)
      if (isDrawnAngle(m.value, sagittal))
        drawAngle(p, m.value, at, sagittal, first + range.size() * scale + pt(9), m.reviewed);
  }

  const double barY = area.bottom() - pt(6), bar = 50 * scale;
  p.setPen(QPen(QColor(inkPrimary), pt(0.6)));
  p.drawPolyline(QPolygonF({{area.left(), barY - pt(2)},
                            {area.left(), barY},
                            {area.left() + bar, barY},
                            {area.left() + bar, barY - pt(2)}}));
  drawText(p, QStringLiteral("50 mm"), {6.5, false, false, inkSecondary}, area.left() + bar + pt(4),
           barY - pt(1), pt(40));
  const bool allReviewed = std::all_of(report.levels.begin(), report.levels.end(),
                                       [](const ReportLevel& l) { return l.reviewed; });
  const QString legend = allReviewed ? QStringLiteral("dark: with a finding")
                                     : QStringLiteral("dashed: not reviewed · dark: with a finding");
  drawText(p, legend, {6.5, false, false, inkSecondary, Qt::AlignRight}, area.right() - area.width() * 0.6,
           barY - pt(1), area.width() * 0.6);
}

namespace {

constexpr std::array<const char*, 3> heightIds = {"body.height.anterior", "body.height.middle",
                                                  "body.height.posterior"};

} // namespace

bool hasHeightPlot(const Report& report) {
  int points = 0;
  for (const ReportLevel& level : report.levels)
    if (const Measurement* m = report.measurement(level.instance, heightIds[0]); m && m->value)
      ++points;
  return points >= 3;
}

void drawHeightPlot(QPainter& p, const QRectF& area, const Report& report) {
  drawText(p, QStringLiteral("Body heights, mm"), {8, true, false, inkPrimary, Qt::AlignHCenter}, area.left(),
           area.top() + pt(6), area.width());
  // Every level from the first to the last that has a height: a gap stays a gap.
  std::vector<const ReportLevel*> levels, gap;
  Range range;
  for (const ReportLevel& level : report.levels) {
    gap.push_back(&level);
    for (const char* id : heightIds)
      if (const Measurement* m = report.measurement(level.instance, id); m && m->value) {
        range.add(*m->value);
        levels.insert(levels.end(), levels.empty() ? std::prev(gap.end()) : gap.begin(), gap.end());
        gap.clear();
      }
  }
  if (levels.empty())
    return;
  const double low = std::floor(range.low / 5) * 5, high = std::max(low + 5, std::ceil(range.high / 5) * 5);
  const QRectF plot(area.left() + pt(24), area.top() + pt(22), area.width() - pt(30), area.height() - pt(54));
  const double step = plot.height() / double(levels.size());
  const auto xOf = [&](double value) { return plot.left() + (value - low) / (high - low) * plot.width(); };
  for (double tick = low; tick <= high + 0.1; tick += 5) {
    p.setPen(QPen(QColor(inkRule), pt(0.3)));
    p.drawLine(QPointF(xOf(tick), plot.top()), QPointF(xOf(tick), plot.bottom()));
    drawText(p, QString::number(int(tick)), {6.5, false, false, inkSecondary, Qt::AlignHCenter},
             xOf(tick) - pt(10), plot.bottom() + pt(6), pt(20));
  }
  // Anterior: solid line and filled dots; middle: squares; posterior: dashed line and open dots.
  const auto mark = [&](int kind, QPointF at) {
    const double r = pt(1.7);
    p.setPen(QPen(QColor(inkPrimary), pt(0.6)));
    p.setBrush(kind == 0 ? QColor(inkPrimary) : QColor(Qt::white));
    if (kind == 1)
      p.drawRect(QRectF(at.x() - r * 0.8, at.y() - r * 0.8, 1.6 * r, 1.6 * r));
    else
      p.drawEllipse(at, r, r);
  };
  std::array<std::vector<std::optional<QPointF>>, 3> points; // by level
  for (std::size_t n = 0; n < levels.size(); ++n) {
    const double y = plot.top() + (double(n) + 0.5) * step;
    const double size = std::clamp(step / unitsPerPoint * 0.8, 4.5, 7.0);
    drawText(p, QString::fromStdString(levels[n]->name),
             {size, hasFinding(report, levels[n]->instance), false, inkPrimary, Qt::AlignRight}, area.left(),
             y, pt(20));
    for (std::size_t k = 0; k < 3; ++k)
      if (const Measurement* m = report.measurement(levels[n]->instance, heightIds[k]); m && m->value)
        points[k].push_back(QPointF(xOf(*m->value), y));
      else
        points[k].push_back(std::nullopt);
  }
  for (const int k : {2, 0}) {
    p.setPen(QPen(QColor(inkPrimary), pt(0.6), k == 0 ? Qt::SolidLine : Qt::DashLine));
    const auto& line = points[std::size_t(k)];
    for (std::size_t n = 1; n < line.size(); ++n)
      if (line[n - 1] && line[n])
        p.drawLine(*line[n - 1], *line[n]);
  }
  for (const int k : {1, 2, 0})
    for (const std::optional<QPointF>& at : points[std::size_t(k)])
      if (at)
        mark(k, *at);
  double x = plot.left();
  const double legendY = area.bottom() - pt(7);
  for (const auto& [kind, word] :
       {std::pair(0, "anterior"), std::pair(1, "middle"), std::pair(2, "posterior")}) {
    mark(kind, {x + pt(2), legendY});
    const TextBlock block(QString::fromLatin1(word), {6.5, false, false, inkSecondary}, pt(60));
    block.draw(p, x + pt(6), legendY - block.height() / 2);
    x += pt(6) + block.naturalWidth() + pt(8);
  }
}

} // namespace spondyl::app

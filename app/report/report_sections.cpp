#include "app/report/report_sections.h"

#include "app/report/alignment_picture.h"
#include "core/report/report_table.h"

#include <QPainter>

#include <algorithm>

namespace spondyl::app {
namespace {

QString text(const std::string& utf8) {
  return QString::fromStdString(utf8);
}

constexpr const char* notReviewed = "not reviewed";

struct Field {
  const char* name;
  std::string value;
};

/// Name in grey, value beside it; returns the height. Fields without a value are left out.
double placeFields(PageFlow& flow, const std::vector<Field>& fields, double x, double y, double width) {
  const double names = pt(62), from = y;
  for (const Field& field : fields) {
    if (field.value.empty())
      continue;
    const TextBlock name(QString::fromLatin1(field.name), {8, false, false, inkSecondary}, names),
        value(text(field.value), {9.5}, width - names);
    flow.draw([name, value, x, y, names](QPainter& p) {
      name.draw(p, x, y + pt(1.6));
      value.draw(p, x + names, y);
    });
    y += value.height() + pt(1);
  }
  return y - from;
}

std::string sexWord(const std::string& sex) {
  return sex == "M" ? "male" : sex == "F" ? "female" : sex == "O" ? "other" : sex;
}

bool isFromNetwork(const Report& r) {
  return std::any_of(r.provenance.begin(), r.provenance.end(),
                     [](const ReportSource& s) { return s.origin == "model" && !s.sha256.empty(); });
}

/// A statement that must not be overlooked: a bar beside it.
void addNotice(PageFlow& flow, const QString& words, bool strong) {
  const TextBlock block(words, {9.5, strong}, PageFlow::width() - pt(10));
  if (block.height() > PageFlow::bottom() - PageFlow::top())
    return flow.paragraph(words, {9.5, strong});
  flow.need(block.height());
  flow.draw([block, y = flow.y()](QPainter& p) {
    p.fillRect(QRectF(PageFlow::left(), y + pt(1.5), pt(2), block.height() - pt(2)), QColor(inkPrimary));
    block.draw(p, PageFlow::left() + pt(9), y);
  });
  flow.advance(block.height() + pt(4));
}

} // namespace

void addReportHeader(PageFlow& flow, const Report& r) {
  const TextBlock title(QStringLiteral("Spine report"), {19, true}, PageFlow::width() / 2);
  const TextBlock warning(QStringLiteral("Not for diagnostic use"),
                          {12, true, false, inkPrimary, Qt::AlignRight}, PageFlow::width() / 2);
  flow.draw([title, warning, y = flow.y()](QPainter& p) {
    title.draw(p, PageFlow::left(), y);
    warning.draw(p, PageFlow::left() + PageFlow::width() / 2, y + pt(6.5));
    drawRule(p, PageFlow::left(), y + title.height() + pt(3), PageFlow::left() + PageFlow::width(), 1);
  });
  flow.advance(title.height() + pt(10));
  const double gap = pt(14), half = (PageFlow::width() - gap) / 2;
  const std::string name = displayName(r.patient);
  const double patient = placeFields(flow,
                                     {{"Patient", name.empty() ? "—" : name},
                                      {"Born", r.patient.birthDate},
                                      {"Sex", sexWord(r.patient.sex)},
                                      {"Patient ID", r.patient.id},
                                      {"Referrer", r.referrer},
                                      {"Reader", r.reader}},
                                     PageFlow::left(), flow.y(), half);
  const double study = placeFields(flow,
                                   {{"Study", r.studyDescription},
                                    {"Study date", r.studyDate},
                                    {"Accession", r.accession},
                                    {"Institution", r.institution},
                                    {"Written", shownTime(r.created)},
                                    {"Review", reviewLine(r)}},
                                   PageFlow::left() + half + gap, flow.y(), half);
  flow.advance(std::max(patient, study));
  flow.advance(
      placeFields(flow, {{"Technique", r.technique}}, PageFlow::left(), flow.y(), PageFlow::width()));
  flow.draw([y = flow.y() + pt(4)](QPainter& p) {
    drawRule(p, PageFlow::left(), y, PageFlow::left() + PageFlow::width());
  });
  flow.advance(pt(4));
}

void addImpression(PageFlow& flow, const Report& r) {
  flow.heading(QStringLiteral("Impression"));
  if (r.nothingReviewed) {
    addNotice(flow, QStringLiteral("Nothing has been reviewed."), true);
    return flow.paragraph(QStringLiteral("This report therefore shows no result."), {9.5}, pt(9));
  }
  if (r.confirmed == 0)
    addNotice(flow,
              isFromNetwork(r) ? QStringLiteral("Proposed by a network, not reviewed.")
                               : QStringLiteral("Proposed, not reviewed."),
              true);
  if (!r.impression.empty())
    flow.paragraph(text(r.impression), {10});
  else if (r.confirmed > 0)
    flow.paragraph(QStringLiteral("The reader has written no impression."),
                   {9.5, false, false, inkSecondary});
  if (!r.impression.empty() && !r.notices.empty())
    flow.skip(pt(6));
  for (const std::string& notice : r.notices)
    addNotice(flow, text(notice), false);
}

void addFindings(PageFlow& flow, const Report& r) {
  if (r.findings.empty()) {
    flow.heading(QStringLiteral("Findings"));
    return flow.paragraph(QStringLiteral("No finding is recorded."), {9.5, false, false, inkSecondary});
  }
  std::vector<std::vector<TableCell>> rows;
  for (const ReportFinding& f : r.findings) {
    std::string sentence = f.sentence;
    if (!f.stale.empty())
      sentence += " — no longer fits: " + f.stale;
    rows.push_back({{text(f.level), {9.5, true}},
                    {text(sentence), {9.5, false, !f.reviewed}},
                    {f.reviewed ? QStringLiteral("reviewed") : QString::fromLatin1(notReviewed),
                     {8.5, false, !f.reviewed, inkSecondary}}});
  }
  const double level = pt(44), state = pt(70);
  const std::vector<TableColumn> columns = {
      {QStringLiteral("Level"), level, Qt::AlignLeft},
      {QStringLiteral("Finding"), PageFlow::width() - level - state, Qt::AlignLeft},
      {QStringLiteral("State"), state, Qt::AlignLeft}};
  flow.heading(QStringLiteral("Findings"), heightToBegin(columns, rows));
  drawTable(flow, columns, rows);
}

void addAlignment(PageFlow& flow, const Report& r) {
  const std::vector<AlignmentLine> lines = alignmentLines(r);
  const bool picture = hasAlignmentPicture(r), plot = hasHeightPlot(r);
  if (lines.empty() && !picture && !plot)
    return;
  std::vector<std::vector<TableCell>> rows;
  for (const AlignmentLine& l : lines)
    rows.push_back(
        {{text(l.name), {9}},
         {(l.outOfRange ? QStringLiteral("▲ ") : QString()) + text(l.value), {9, l.outOfRange, !l.reviewed}},
         {text(l.note), {8, false, false, inkSecondary}},
         {l.reviewed ? QStringLiteral("reviewed") : QString::fromLatin1(notReviewed),
          {8, false, !l.reviewed, inkSecondary}}});
  const double name = pt(150), value = pt(70), state = pt(70);
  const std::vector<TableColumn> columns = {
      {QStringLiteral("Angle or distance"), name, Qt::AlignLeft},
      {QStringLiteral("Value"), value, Qt::AlignRight},
      {QStringLiteral("How to read it"), PageFlow::width() - name - value - state, Qt::AlignLeft},
      {QStringLiteral("State"), state, Qt::AlignLeft}};
  // Few levels need less height: about as much of the page as they are of a spine.
  const double height = mm(std::clamp(30.0 + 4.6 * double(r.levels.size()), 62.0, 128.0));
  flow.heading(QStringLiteral("Alignment"), picture || plot ? height : heightToBegin(columns, rows));
  if (picture || plot) {
    const double gap = pt(16), y = flow.y();
    const double pictureWidth = !picture ? 0 : plot ? PageFlow::width() * 0.64 : PageFlow::width();
    if (picture)
      flow.draw([r, y, height, pictureWidth](QPainter& p) {
        drawAlignmentPicture(p, QRectF(PageFlow::left(), y, pictureWidth, height), r);
      });
    if (plot) {
      const double x = PageFlow::left() + (picture ? pictureWidth + gap : 0),
                   width = picture ? PageFlow::width() - pictureWidth - gap : PageFlow::width() / 2;
      flow.draw([r, x, y, width, height](QPainter& p) { drawHeightPlot(p, QRectF(x, y, width, height), r); });
    }
    flow.advance(height + pt(6));
  }
  drawTable(flow, columns, rows);
}

void addPictures(PageFlow& flow, const std::vector<ReportImage>& pictures) {
  const double gap = mm(6), width = (PageFlow::width() - gap) / 2;
  const auto heightOf = [&](const QImage& image) {
    return image.isNull() ? 0.0 : std::min(width * image.height() / std::max(1, image.width()), mm(200));
  };
  for (std::size_t n = 0; n < pictures.size(); n += 2) {
    double pictureHeight = 0, captionHeight = 0;
    for (std::size_t k = n; k < std::min(n + 2, pictures.size()); ++k) {
      pictureHeight = std::max(pictureHeight, heightOf(pictures[k].picture));
      captionHeight = std::max(captionHeight, TextBlock(text(pictures[k].caption), {8}, width).height());
    }
    const double rowHeight = pictureHeight + pt(3) + captionHeight;
    if (n == 0)
      flow.heading(QStringLiteral("Images"), rowHeight);
    flow.need(rowHeight);
    for (std::size_t k = n; k < std::min(n + 2, pictures.size()); ++k) {
      const double x = PageFlow::left() + (k == n ? 0 : width + gap), height = heightOf(pictures[k].picture),
                   y = flow.y();
      const TextBlock caption(text(pictures[k].caption), {8}, width);
      flow.draw([image = pictures[k].picture, caption, x, y, width, height](QPainter& p) {
        if (!image.isNull()) {
          const double shown = std::min(width, height * image.width() / std::max(1, image.height()));
          p.drawImage(QRectF(x, y, shown, height), image);
        }
        caption.draw(p, x, y + height + pt(3));
      });
    }
    flow.advance(rowHeight + pt(9));
  }
}

void addProvenance(PageFlow& flow, const Report& r) {
  const TextStyle small{8.5};
  const auto hash = [](const std::string& sha) {
    return sha.empty() ? QString() : text(sha.substr(0, 16)) + QStringLiteral("…");
  };
  std::vector<std::vector<TableCell>> rows = {{{QStringLiteral("spondyl"), small},
                                               {QStringLiteral("program"), small},
                                               {text(r.programVersion), small},
                                               {QString(), small},
                                               {QString(), small}}};
  for (const ReportSource& s : r.provenance)
    rows.push_back({{text(s.name), small},
                    {text(s.origin), small},
                    {text(s.version), small},
                    {hash(s.sha256), small},
                    {QString::number(s.items), small}});
  const double origin = pt(62), version = pt(70), sha = pt(110), items = pt(40);
  const std::vector<TableColumn> columns = {
      {QStringLiteral("Source"), PageFlow::width() - origin - version - sha - items, Qt::AlignLeft},
      {QStringLiteral("Kind"), origin, Qt::AlignLeft},
      {QStringLiteral("Version"), version, Qt::AlignLeft},
      {QStringLiteral("SHA-256"), sha, Qt::AlignLeft},
      {QStringLiteral("Items"), items, Qt::AlignRight}};
  flow.heading(QStringLiteral("Made by"), heightToBegin(columns, rows) + pt(14));
  if (!r.studyUid.empty())
    flow.paragraph(QStringLiteral("Study Instance UID ") + text(r.studyUid),
                   {7.5, false, false, inkSecondary});
  flow.advance(pt(2));
  drawTable(flow, columns, rows);
}

} // namespace spondyl::app

#include "core/report/report_table.h"

#include "core/report/text_format.h"

#include <algorithm>
#include <set>

namespace spondyl {
namespace {

std::string rangeText(const Measurement& m) {
  const MeasurementDefinition* d = measurementDefinition(m.id);
  const int decimals = d ? d->decimals : 1;
  std::string range;
  if (m.normalLow && m.normalHigh)
    range = fixed(*m.normalLow, decimals) + "–" + fixed(*m.normalHigh, decimals);
  else if (m.normalLow)
    range = "≥ " + fixed(*m.normalLow, decimals);
  else if (m.normalHigh)
    range = "≤ " + fixed(*m.normalHigh, decimals);
  const std::string unit = unitForPeople(m.unit);
  return range + (unit.empty() ? "" : " " + unit) + " (" + m.normalSource + ")";
}

ReportCell cellOf(const Measurement* m, bool reviewed) {
  ReportCell cell;
  if (!m) {
    cell.text = "";
    return cell;
  }
  cell.text = shownValue(*m);
  cell.reviewed = reviewed;
  cell.outOfRange = m->isOutOfRange();
  cell.why = !m->value ? m->reason : cell.outOfRange ? rangeText(*m) : std::string();
  return cell;
}

const ReportMeasurement* find(const Report& r, InstanceId instance, const std::string& id) {
  for (const ReportMeasurement& m : r.measurements)
    if (m.value.instance == instance && m.value.id == id)
      return &m;
  return nullptr;
}

} // namespace

ReportTable levelTable(const Report& r) {
  ReportTable t;
  t.columns = {{"Ha", "mm", "body.height.anterior"},
               {"Hm", "mm", "body.height.middle"},
               {"Hp", "mm", "body.height.posterior"},
               {"Loss", "%", "body.height.loss"},
               {"Disc", "mm", "disc.index.dabbs"},
               {"Slip", "mm", "slip.mm"},
               {"HU", "", "body.hu.mean"}};
  std::set<std::string> ranges, reasons;
  for (const ReportLevel& level : r.levels) {
    ReportTableRow row;
    row.level = level.name;
    row.reviewed = level.reviewed;
    for (const ReportFinding& f : r.findings)
      if (f.finding.instance == level.instance)
        row.findings += (row.findings.empty() ? "" : "; ") + f.sentence +
                        (f.reviewed ? "" : " (not reviewed)") + (f.stale.empty() ? "" : " (" + f.stale + ")");
    if (!level.whole)
      row.findings += (row.findings.empty() ? "" : "; ") + std::string("cut by the edge of the volume");
    for (const ReportColumn& c : t.columns) {
      const ReportMeasurement* m = find(r, level.instance, c.id);
      row.cells.push_back(cellOf(m ? &m->value : nullptr, m && m->reviewed));
      if (!m)
        continue;
      if (m->value.isOutOfRange())
        ranges.insert(c.title + " " + rangeText(m->value));
      else if (!m->value.value && level.whole)
        reasons.insert(level.name + " " + c.title + ": " + m->value.reason);
    }
    t.rows.push_back(std::move(row));
  }
  for (const std::string& text : ranges)
    t.footnotes.push_back("▲ outside the range: " + text);
  for (const std::string& text : reasons)
    t.footnotes.push_back("— " + text);
  const bool byModel = std::any_of(r.provenance.begin(), r.provenance.end(),
                                   [](const ReportSource& s) { return s.origin == "model"; });
  if (r.modality == "MR" && byModel && !t.rows.empty())
    t.footnotes.push_back("On MR a body is outlined as its marrow: heights and sizes do not include the dark "
                          "cortical bone of the end plates.");
  return t;
}

std::string measurementTitle(const Measurement& m) {
  const MeasurementDefinition* d = measurementDefinition(m.id);
  std::string title = d ? d->name : m.id;
  const std::size_t at = m.id.rfind('.');
  if (d && d->id != m.id && at != std::string::npos) {
    std::string levels = m.id.substr(at + 1);
    const std::size_t dash = levels.find('-');
    if (dash != std::string::npos)
      levels.replace(dash, 1, "–");
    title += " " + levels;
  }
  return title;
}

std::vector<AlignmentLine> alignmentLines(const Report& r) {
  std::vector<AlignmentLine> lines;
  for (const ReportMeasurement& m : r.measurements) {
    const std::string& id = m.value.id;
    const bool isAngle =
        id.starts_with("lordosis.") || id.starts_with("kyphosis.") || id.starts_with("cobb.");
    const bool isPelvic = id.starts_with("pelvic.") || id == "sacral.slope" || id == "pi-ll" || id == "sva" ||
                          id == "tpa" || id == "t1.slope" || id == "balance.coronal";
    if ((!isAngle && !isPelvic) || !m.value.value)
      continue;
    const std::string unit = unitForPeople(m.value.unit);
    lines.push_back({measurementTitle(m.value), shownValue(m.value) + (unit == "°" ? unit : " " + unit),
                     m.value.note, m.reviewed, m.value.isOutOfRange()});
  }
  return lines;
}

std::string shownTime(const std::string& iso) {
  if (iso.size() < 16)
    return iso;
  return iso.substr(0, 10) + " " + iso.substr(11, 5) + (iso.back() == 'Z' ? " UTC" : "");
}

std::string reviewLine(const Report& r) {
  return std::to_string(r.confirmed) + " of " + std::to_string(r.total) + " items reviewed";
}

std::string versionLine(const Report& r) {
  std::string line = "spondyl " + r.programVersion;
  for (const ReportSource& s : r.provenance)
    if (s.origin == "model")
      line += " · " + s.name + (s.version.empty() ? "" : " " + s.version);
  return line;
}

} // namespace spondyl

#include "core/report/json_items.h"
#include "core/report/report.h"
#include "core/report/text_format.h"

namespace spondyl {

using namespace report_detail;

std::string reportJson(const Report& r) {
  Json levels = Json::array(), measurements = Json::array(), findings = Json::array(), images = Json::array(),
       sources = Json::array();
  for (const ReportLevel& l : r.levels)
    levels.push_back({{"vertebra", l.name},
                      {"level", levelOrNull(l.instance, r.chain)},
                      {"reviewed", l.reviewed},
                      {"whole", l.whole},
                      {"note", l.note}});
  for (const ReportMeasurement& m : r.measurements) {
    Json j = measurementJson(m.value, r.chain);
    j["reviewed"] = m.reviewed;
    measurements.push_back(std::move(j));
  }
  for (const ReportFinding& f : r.findings) {
    Json j = findingJson(f.finding, r.chain, nullptr);
    j["reviewed"] = f.reviewed;
    j["sentence"] = f.sentence;
    j["stale"] = f.stale.empty() ? Json(nullptr) : Json(f.stale);
    findings.push_back(std::move(j));
  }
  for (const KeyImage& k : r.keyImages)
    images.push_back({{"id", k.id},
                      {"caption", k.caption},
                      {"view", k.view},
                      {"series_uid", k.seriesUid},
                      {"at_lps_mm", point(k.at)}});
  for (const ReportSource& s : r.provenance)
    sources.push_back({{"source", s.source},
                       {"origin", s.origin},
                       {"name", s.name},
                       {"version", s.version},
                       {"sha256", s.sha256},
                       {"input_digest", s.inputDigest},
                       {"items", s.items}});
  return text({{"schema", "spondyl.report/1"},
               {"not_for_diagnostic_use", true},
               {"statement", notForDiagnosticUse},
               {"program", {{"name", "spondyl"}, {"version", r.programVersion}}},
               {"created", r.created},
               {"patient",
                {{"name", r.patient.name},
                 {"id", r.patient.id},
                 {"birth_date", r.patient.birthDate},
                 {"sex", r.patient.sex}}},
               {"study",
                {{"uid", r.studyUid},
                 {"date", r.studyDate},
                 {"description", r.studyDescription},
                 {"accession", r.accession},
                 {"referrer", r.referrer}}},
               {"reader", r.reader},
               {"reviewed", {{"confirmed", r.confirmed}, {"total", r.total}, {"left_out", r.leftOut}}},
               {"include_proposed", r.includeProposed},
               {"impression", r.impression},
               {"notices", Json(r.notices)},
               {"levels", levels},
               {"measurements", measurements},
               {"findings", findings},
               {"key_images", images},
               {"provenance", sources}});
}

std::string reportCsv(const Report& r) {
  std::string out = csvLine({"level", "kind", "id", "value", "unit", "status", "reviewed", "text"});
  for (const ReportFinding& f : r.findings)
    out += csvLine({f.level, "finding", f.finding.id,
                    f.finding.grade ? std::to_string(*f.finding.grade) : std::string(), "",
                    itemStateName(f.finding.state), f.reviewed ? "yes" : "not reviewed", f.sentence});
  for (const ReportMeasurement& m : r.measurements)
    out += csvLine({m.value.level, "measurement", m.value.id,
                    m.value.value ? fixed(*m.value.value, 3) : std::string(), m.value.unit,
                    measurementStatusName(m.value.status),
                    m.reviewed      ? "yes"
                    : m.value.value ? "not reviewed"
                                    : "",
                    m.value.reason.empty() ? m.value.note : m.value.reason});
  for (const std::string& notice : r.notices)
    out += csvLine({"", "notice", "", "", "", "", "", notice});
  return out + csvLine({"", "notice", "", "", "", "", "", notForDiagnosticUse});
}

} // namespace spondyl

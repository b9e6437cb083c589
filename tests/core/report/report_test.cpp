// The report of a case: what is shown, what is left out, and that no text of the case can become markup.
#include "core/report/report_table.h"
#include "report_fixture.h"
#include "tests/support/json_schema.h"

#include <algorithm>

using namespace spondyl;
using nlohmann::json;
using test::confirmed;
using test::fixture;
using test::reportOf;

namespace {
Case base() {
  return fixture().phantom.value;
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
} // namespace

TEST_CASE("with nothing confirmed the report says so and shows no result") {
  const Report r = reportOf(base(), false);
  CHECK(r.nothingReviewed);
  CHECK(r.confirmed == 0);
  CHECK(r.levels.empty());
  CHECK(r.findings.empty());
  CHECK(r.measurements.empty());
  CHECK(r.provenance.empty());
  CHECK(contains(reportHtml(r), "Nothing of this case has been reviewed."));
  CHECK(contains(reportHtml(r), "not for diagnostic use"));
  CHECK(contains(reportCsv(r), "Nothing of this case has been reviewed."));
  const json j = json::parse(reportJson(r));
  CHECK(j.at("reviewed").at("confirmed") == 0);
  CHECK(j.at("levels").empty());
}

TEST_CASE("confirmed levels are shown, the others counted as left out") {
  const InstanceId l2 = fixture().phantom.instance(Level::L2);
  const Report r = reportOf(confirmed(base(), l2), false);
  CHECK_FALSE(r.nothingReviewed);
  REQUIRE(r.levels.size() == 1);
  CHECK(r.levels.front().name == "L2");
  CHECK(r.levels.front().reviewed);
  CHECK(r.measurement(l2, "body.height.anterior"));
  CHECK(std::all_of(r.measurements.begin(), r.measurements.end(),
                    [](const ReportMeasurement& m) { return m.reviewed || !m.value.value; }));
  CHECK(r.leftOut == r.total - r.confirmed);
  CHECK(r.leftOut > 5);
  // What rests on unconfirmed neighbours is left out, too.
  CHECK_FALSE(r.measurement(l2, "body.height.loss"));
}

TEST_CASE("proposed items come in only when asked for, marked as not reviewed") {
  const Report r = reportOf(base(), true);
  CHECK(r.includeProposed);
  CHECK(r.levels.size() == base().chain.entries.size());
  CHECK(r.leftOut == 0);
  CHECK(std::none_of(r.levels.begin(), r.levels.end(), [](const ReportLevel& l) { return l.reviewed; }));
  REQUIRE_FALSE(r.findings.empty());
  CHECK_FALSE(r.findings.front().reviewed);
  CHECK(contains(r.findings.front().sentence, "fracture, Genant grade 2 (moderate), wedge"));
  CHECK(contains(reportHtml(r), "not reviewed"));
  CHECK(contains(reportCsv(r), "not reviewed"));
}

TEST_CASE("a rejected finding is in no report") {
  Case c = base();
  for (Finding& f : c.findings)
    f.state = ItemState::Rejected;
  CHECK(reportOf(c, true).findings.empty());
}

TEST_CASE("a confirmed grade that no longer fits its value is said to be stale") {
  Case c = base();
  for (const ChainEntry& e : base().chain.entries)
    c = confirmed(c, e.instance);
  const Report fits = reportOf(c, false);
  REQUIRE_FALSE(fits.findings.empty());
  CHECK(fits.findings.front().reviewed);
  CHECK(fits.findings.front().stale.empty());
  c.findings.front().grade = 3;
  CHECK(contains(reportOf(c, false).findings.front().stale, "gives grade 2"));
}

TEST_CASE("report.json keeps its schema, reviewed or not") {
  for (const bool includeProposed : {true, false})
    for (const std::string& problem :
         test::schemaProblems(SPONDYL_SCHEMA_FOLDER, "report", reportJson(reportOf(base(), includeProposed))))
      FAIL_CHECK(problem);
}

TEST_CASE("the sources name model, version and hash of the weights") {
  const Report r = reportOf(base(), true);
  const auto model = std::find_if(r.provenance.begin(), r.provenance.end(),
                                  [](const ReportSource& s) { return s.name == "spine-ct"; });
  REQUIRE(model != r.provenance.end());
  CHECK(model->origin == "model");
  CHECK(model->version == "1.0");
  CHECK(model->sha256 == std::string(64, 'a'));
  CHECK(contains(versionLine(r), "spine-ct 1.0"));
}

TEST_CASE("markup in any text of the case stays text") {
  const std::string evil = "<script>alert('x')</script>\"&";
  Case c = base();
  c.patient.name = evil;
  c.patient.id = evil;
  c.report = {evil, evil, evil};
  c.keyImages.push_back({"k", "1", {}, "sagittal", evil, 0, 0});
  std::vector<Study> studies = c.studies;
  studies.front().description = evil;
  studies.front().series.front().description = evil;
  c.studies = studies;
  const std::string html = reportHtml(reportOf(c, true), {{"k", "\x89PNG"}});
  CHECK_FALSE(contains(html, "<script"));
  CHECK(contains(html, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"));
  CHECK(contains(html, "data:image/png;base64,iVBORw=="));
  CHECK_FALSE(contains(html, "http://"));
  CHECK_FALSE(contains(html, "https://"));
  for (const std::string& problem :
       test::schemaProblems(SPONDYL_SCHEMA_FOLDER, "report", reportJson(reportOf(c, true))))
    FAIL_CHECK(problem);
}

TEST_CASE("bytes that are not UTF-8 do not break the JSON") {
  Case c = base();
  c.patient.name = "M\xfcller";
  const json j = json::parse(reportJson(reportOf(c, true)), nullptr, false);
  CHECK_FALSE(j.is_discarded());
}

TEST_CASE("the table marks what is out of range and says why a value is missing") {
  const Report r = reportOf(base(), true);
  const ReportTable t = levelTable(r);
  const auto row =
      std::find_if(t.rows.begin(), t.rows.end(), [](const ReportTableRow& x) { return x.level == "L2"; });
  REQUIRE(row != t.rows.end());
  const auto column = std::find_if(t.columns.begin(), t.columns.end(),
                                   [](const ReportColumn& c) { return c.title == "Loss"; });
  const ReportCell& loss = row->cells[std::size_t(column - t.columns.begin())];
  CHECK(loss.outOfRange);
  CHECK(contains(loss.why, "Genant 1993"));
  CHECK(row->cells.back().text == "—"); // no image, no HU
  CHECK(row->cells.back().why == "no image");
  const auto notes = t.footnotes;
  CHECK(
      std::any_of(notes.begin(), notes.end(), [](const std::string& n) { return contains(n, "no image"); }));
}

TEST_CASE("a report of an MR outlined by a network says what its heights leave out") {
  const auto saysMarrow = [](const Report& r) {
    const auto notes = levelTable(r).footnotes;
    return std::any_of(notes.begin(), notes.end(),
                       [](const std::string& n) { return contains(n, "outlined as its marrow"); });
  };
  Report r = reportOf(base(), true);
  CHECK_FALSE(saysMarrow(r));
  r.modality = "MR";
  CHECK(saysMarrow(r));
  for (ReportSource& s : r.provenance)
    s.origin = "person";
  CHECK_FALSE(saysMarrow(r));
}

TEST_CASE("an assumed numbering and a variant are said") {
  Case c = base();
  c.chain.naming = Naming::Assumed;
  c.chain.anchor = Anchor::LastRib;
  c.chain.variant = "L6";
  c.chain.alternatives = {{1, "", 0.2, {}}};
  const Report r = reportOf(c, true);
  const std::string html = reportHtml(r);
  CHECK(contains(html, "assumed from one anchor (last-rib)"));
  CHECK(contains(html, "all names shifted by 1 (20 %)"));
  CHECK(contains(html, "Anatomical variant: L6."));
}

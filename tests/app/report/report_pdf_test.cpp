#include "app/report/report_pdf.h"
#include "tests/app/report/whole_report.h"
#include "viewer/capture/capture.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <catch2/catch.hpp>

#include <csignal>

#include <sys/resource.h>

using namespace spondyl;
using namespace spondyl::app;

namespace {

const viewer::OffscreenApplication& application() {
  static const viewer::OffscreenApplication made;
  return made;
}

Path folderOf(const QTemporaryDir& folder) {
  return folder.path().toStdString();
}

std::vector<ReportImage> twoPictures() {
  QImage grey(300, 360, QImage::Format_RGB32);
  grey.fill(QColor(40, 40, 60));
  return {{"Sagittal · level 400, window 1800", grey}, {"Coronal · level 400, window 1800", grey}};
}

/// The text of each page, or nothing where poppler is not installed.
std::optional<QStringList> pagesOf(const Path& pdf) {
  const QString tool = QStandardPaths::findExecutable(QStringLiteral("pdftotext"));
  if (tool.isEmpty()) {
    WARN("pdftotext (poppler-utils) is not installed: what the pages say is not checked");
    return std::nullopt;
  }
  QProcess run;
  run.start(tool, {QStringLiteral("-layout"), QString::fromStdString(pdf.string()), QStringLiteral("-")});
  REQUIRE(run.waitForFinished(30000));
  REQUIRE(run.exitCode() == 0);
  QStringList pages = QString::fromUtf8(run.readAllStandardOutput()).split(QLatin1Char('\f'));
  pages.removeLast(); // behind the last form feed
  return pages;
}

std::optional<QStringList> pagesOf(const Report& report, const std::vector<ReportImage>& pictures = {}) {
  application();
  const QTemporaryDir folder;
  const Path out = folderOf(folder) / "report.pdf";
  REQUIRE(writeReportPdf(report, pictures, out).ok());
  return pagesOf(out);
}

bool has(const QString& page, const char* words) {
  return page.contains(QString::fromUtf8(words));
}

} // namespace

TEST_CASE("every page of a report says that it is not for diagnostic use, and which of how many it is") {
  const auto pages = pagesOf(test::wholeReport(), twoPictures());
  if (!pages)
    return;
  REQUIRE(pages->size() >= 2);
  for (int n = 0; n < pages->size(); ++n) {
    INFO("page " << n + 1);
    CHECK(has((*pages)[n], notForDiagnosticUse));
    CHECK((*pages)[n].contains(QStringLiteral("page %1 of %2").arg(n + 1).arg(pages->size())));
    CHECK(has((*pages)[n], "Müller-Øst"));
    CHECK(has((*pages)[n], "spine-ct 1.0"));
  }
}

TEST_CASE("a report shows the patient, the study, the impression and every level as text") {
  const auto pages = pagesOf(test::wholeReport(), twoPictures());
  if (!pages)
    return;
  const QString all = pages->join(QLatin1Char('\n'));
  for (const char* words :
       {"Anna Łucja Müller-Øst", "1958-03-14", "female", "PID-4711", "2026-05-03", "120 kVp", "学病院",
        "Иванов", "Moderate wedge fracture of T12.", "Naming: certain", "Genant grade 2",
        "Sagittal · level 400, window 1800", "aaaaaaaaaaaaaaaa…"})
    CHECK(has(all, words));
  for (const std::string& level : test::wholeSpine()) {
    INFO(level);
    const QRegularExpression row(
        QStringLiteral("^\\s*%1\\s+(not )?reviewed").arg(QString::fromStdString(level)),
        QRegularExpression::MultilineOption);
    CHECK(all.contains(row));
  }
}

TEST_CASE("what nobody reviewed is marked so, what is out of range has its mark and its range, what is "
          "missing its reason") {
  const auto pages = pagesOf(test::wholeReport());
  if (!pages)
    return;
  const QString all = pages->join(QLatin1Char('\n'));
  CHECK(all.contains(QRegularExpression(QStringLiteral("C2\\s+not reviewed"))));
  CHECK(all.contains(QRegularExpression(QStringLiteral("L1\\s+reviewed"))));
  CHECK(all.contains(
      QRegularExpression(QStringLiteral("T7\\s+fracture possible: cannot tell, 44 %\\s+not reviewed"))));
  CHECK(has(all, "▲ 32"));
  CHECK(has(all, "HU ≥ 100 HU (Pickhardt 2013)"));
  CHECK(has(all, "the end plates are not in view: C2 (Disc), C3 (Disc), C4 (Disc)"));
  CHECK_FALSE(all.contains(QRegularExpression(QStringLiteral("S1\\s+not reviewed"))));
}

TEST_CASE("a table that goes on on the next page repeats its head") {
  Report report = test::wholeReport();
  for (ReportFinding f : std::vector<ReportFinding>(40, report.findings[1])) {
    f.finding.instance = InstanceId{3};
    f.level = "C4";
    report.findings.push_back(f);
  }
  const auto pages = pagesOf(report);
  if (!pages)
    return;
  int heads = 0;
  for (const QString& page : *pages)
    heads += has(page, "Hm") && has(page, "Hp") && has(page, "Findings") && has(page, "State") ? 1 : 0;
  CHECK(heads >= 2);
}

TEST_CASE("without a reviewed item the report says so and shows no result") {
  Report report = test::wholeReport();
  report.nothingReviewed = true;
  report.includeProposed = false;
  report.confirmed = 0;
  report.impression.clear();
  const auto pages = pagesOf(report, twoPictures());
  if (!pages)
    return;
  const QString all = pages->join(QLatin1Char('\n'));
  CHECK(has(all, "Nothing has been reviewed."));
  CHECK_FALSE(has(all, "Genant"));
  CHECK_FALSE(has(all, "Levels"));
}

TEST_CASE("a report of proposals alone says first that they are a network's") {
  Report report = test::wholeReport();
  report.confirmed = 0;
  report.impression.clear();
  const auto pages = pagesOf(report);
  if (!pages)
    return;
  CHECK(has(pages->front(), "Proposed by a network, not reviewed."));
}

TEST_CASE("texts longer than a page, without a space, or full of markup are printed as they are") {
  Report report = test::wholeReport();
  report.impression = "<b>bold</b> & &amp;\n";
  for (int n = 0; n < 900; ++n)
    report.impression += "sentence" + std::to_string(n) + " of a long impression. ";
  report.patient.name = std::string(600, 'W') + "^A";
  report.findings[0].sentence = std::string(9000, 'x');
  const auto pages = pagesOf(report);
  if (!pages)
    return;
  const QString all = pages->join(QLatin1Char('\n'));
  CHECK(has(all, "<b>bold</b> & &amp;"));
  CHECK(has(all, "sentence0 "));
  CHECK(has(all, "sentence899 "));
  CHECK(all.count(QLatin1Char('x')) >= 9000);
  CHECK(all.contains(QStringLiteral("page %1 of %1").arg(pages->size())));
}

TEST_CASE("an empty report is a page, too") {
  const auto pages = pagesOf(Report{});
  if (!pages)
    return;
  CHECK(pages->size() == 1);
}

TEST_CASE("a report that cannot be written is an error and leaves nothing behind") {
  application();
  const QTemporaryDir folder;
  const Path absent = folderOf(folder) / "absent" / "report.pdf";
  const Status status = writeReportPdf(test::wholeReport(), twoPictures(), absent);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::FileNotWritable);
  CHECK(std::filesystem::is_empty(folderOf(folder)));
}

TEST_CASE("a report for which there is no room is an error and leaves nothing behind") {
  application();
  const QTemporaryDir folder;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Status status = writeReportPdf(test::wholeReport(), twoPictures(), folderOf(folder) / "report.pdf");
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK_FALSE(status.ok());
  CHECK(std::filesystem::is_empty(folderOf(folder)));
}

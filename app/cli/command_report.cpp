// report: the case's report as PDF, HTML, JSON or CSV, by the name's ending.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/workflow/case_report.h"

#include <CLI/CLI.hpp>

#ifdef SPONDYL_WITH_GUI
#include "app/report/report_pictures.h"
#include "app/report/report_web.h"
#include "viewer/capture/capture.h"
#endif

namespace spondyl::app {
namespace {

struct ReportOptions {
  std::string input, out, include, series;
  bool force = false;
};

// With pictures. Without a window's libraries HTML has none, and PDF there is not.
Status writePages(const Report& report, [[maybe_unused]] const Input& input, const Path& out) {
#ifdef SPONDYL_WITH_GUI
  const viewer::OffscreenApplication application;
  SPONDYL_TRY(const std::vector<ReportImage> pictures,
              reportPictures(report, input.volume, std::make_shared<const Case>(input.existing),
                             input.series.uid, input.stack));
  return out.extension() == ".html" ? writeReportHtml(report, pictures, out)
                                    : writeReportPdf(report, pictures, out);
#else
  if (out.extension() == ".html")
    return writeFileWhole(out, reportHtml(report));
  return fail(ErrorCode::NotYet, {"A PDF report (this program was built without pictures)"});
#endif
}

Status runReport(const ReportOptions& options, Session& session) {
  const Path out = options.out;
  const std::string ending = out.extension().string();
  if (out.string().find(".fhir.json") != std::string::npos)
    return fail(ErrorCode::NotYet, {"A FHIR report"});
  if (ending != ".pdf" && ending != ".json" && ending != ".csv" && ending != ".html")
    return fail(ErrorCode::Usage, {"A report named " + out.filename().string() + " cannot be written",
                                   "The name ends in .pdf, .html, .json or .csv."});
  SPONDYL_CHECK(prepareOutput(out, options.force));
  SPONDYL_TRY(const Input input, openInput(options.input, options.series, session.job()));
  session.warn(input.warnings);
  const Report report =
      caseReport(input.existing, input.series.uid, input.volume.get(), options.include == "proposed");
  if (report.nothingReviewed)
    session.note(
        "Nothing in this case has been reviewed; --include proposed shows what is proposed, marked so.");
  if (ending == ".json")
    return writeFileWhole(out, reportJson(report));
  if (ending == ".csv")
    return writeFileWhole(out, reportCsv(report));
  return writePages(report, input, out);
}

} // namespace

void addReport(CLI::App& app, Session& session) {
  auto o = std::make_shared<ReportOptions>();
  CLI::App* command =
      app.add_subcommand("report", "The case's report: confirmed items, or --include proposed");
  command->add_option("CASE", o->input, ".spondyl case")->required();
  command->add_option("--out", o->out, "F.pdf, F.html, F.json or F.csv")->required();
  command->add_option("--include", o->include, "proposed: items that nobody reviewed too, marked so")
      ->check(CLI::IsMember({"proposed"}));
  command->add_option("--series", o->series, "UID or number");
  command->add_flag("--force", o->force, "replace an existing report");
  addNotYet(*command, {"--template", "--language"});
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli report results/*/case.spondyl --out report.pdf --include proposed");
  command->callback([o, &session] {
    session.run = [o](Session& s) {
      const Status status = runReport(*o, s);
      return status ? 0 : s.refuse(status.error());
    };
  });
}

} // namespace spondyl::app

// measure: measurements of a case, or of a study with a label map.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/workflow/analysis.h"
#include "core/report/result_files.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace spondyl::app {
namespace {

struct MeasureOptions {
  std::string input, out, labels, scheme = "codes", modality, series;
  bool force = false;
};

Result<Analysis> measured(const MeasureOptions& options, Session& session) {
  SPONDYL_TRY(Input input, openInput(options.input, options.series, session.job(), options.modality));
  session.warn(input.warnings);
  if (!options.labels.empty()) {
    AnalysisOptions analysis;
    analysis.labels = options.labels;
    analysis.labelScheme = *labelSchemeFromName(options.scheme);
    analysis.modality = options.modality;
    return analyze(std::move(input), analysis, session.job());
  }
  if (!input.fromCaseFile)
    return fail(ErrorCode::NothingToWrite, {"give a .spondyl case, or a label map with --labels"}, "measure");
  Analysis out;
  out.result = std::make_shared<const Case>(input.existing);
  out.measurements = measure(*out.result, input.series.uid, input.volume.get());
  out.input = std::move(input);
  return out;
}

Status runMeasure(const MeasureOptions& options, Session& session) {
  const Path folder = options.out;
  for (const char* name : {"measurements.json", "measurements.csv"})
    SPONDYL_CHECK(prepareOutput(folder / name, options.force));
  SPONDYL_TRY(const Analysis analysis, measured(options, session));
  const LevelChain chain = effective(*analysis.result).chain;
  SPONDYL_CHECK(writeFileWhole(folder / "measurements.json", measurementsJson(analysis.measurements, chain)));
  return writeFileWhole(folder / "measurements.csv", measurementsCsv(analysis.measurements, chain));
}

} // namespace

void addMeasure(CLI::App& app, Session& session) {
  auto o = std::make_shared<MeasureOptions>();
  CLI::App* command = app.add_subcommand("measure", "Measurements from a case's labels, or from --labels");
  command->add_option("INPUT", o->input, ".spondyl case, or a study together with --labels")->required();
  command->add_option("--out", o->out, "folder for measurements.json and measurements.csv")->required();
  command->add_option("--labels", o->labels, "NIfTI label map");
  command->add_option("--label-scheme", o->scheme, "numbers of --labels")
      ->check(CLI::IsMember({"codes", "totalsegmentator", "totalspineseg"}));
  command->add_option("--modality", o->modality, "ct or mr, for files that do not say")
      ->check(CLI::IsMember({"ct", "mr"}));
  command->add_option("--series", o->series, "UID or number");
  command->add_flag("--force", o->force, "replace existing results");
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli measure results/*/case.spondyl --out measured");
  command->callback([o, &session] {
    session.run = [o](Session& s) {
      const Status status = runMeasure(*o, s);
      return status ? 0 : s.refuse(status.error());
    };
  });
}

} // namespace spondyl::app

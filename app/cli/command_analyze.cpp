// analyze: the main job on one or more inputs, a folder of results each.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/wording/error_text.h"
#include "app/workflow/analysis.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <set>

namespace spondyl::app {
namespace {

struct AnalyzeOptions {
  std::vector<std::string> inputs;
  std::string out, models, labels, scheme = "codes", modality, series, anchor;
  bool force = false;
};

/// The result's folder name: Study Instance UID, or the file's name without its ending; -2 on a clash.
std::string folderName(const Study& study, std::set<std::string>& used) {
  std::string base = study.name.empty() ? "study" : study.name;
  for (char& c : base)
    if (c == '/' || c == '\0') c = '_';
  std::string name = base;
  for (int n = 2; !used.insert(name).second; ++n) name = base + "-" + std::to_string(n);
  return name;
}

Status analyzeOne(const std::string& path, const AnalyzeOptions& options, std::set<std::string>& used, Session& session) {
  AnalysisOptions analysisOptions;
  analysisOptions.models = options.models;
  analysisOptions.device = session.common.device;
  analysisOptions.threads = session.common.threads;
  analysisOptions.memoryLimitGiB = session.common.memoryLimitGiB;
  analysisOptions.modality = options.modality;
  if (!options.labels.empty()) analysisOptions.labels = options.labels;
  analysisOptions.labelScheme = *labelSchemeFromName(options.scheme);
  if (!options.anchor.empty()) {
    SPONDYL_TRY(analysisOptions.anchor, parseAnchor(options.anchor));
  }
  JobContext job = session.job();
  JobContext reading = job;
  reading.progress = job.progress.part(0, 0.1);
  SPONDYL_TRY(Input input, openInput(path, options.series, reading, options.modality));
  const Path target = Path(options.out) / folderName(input.study, used);
  std::error_code error;
  // A folder without run.json is the rest of a run that did not finish: not a result.
  if (std::filesystem::exists(target / "run.json", error) && !options.force)
    return fail(ErrorCode::ResultExists, {target.string()});
  SPONDYL_CHECK(prepareOutput(target, true));
  session.note("series: " + (input.series.description.empty() ? input.series.uid : input.series.description));
  session.warn(input.warnings);
  JobContext working = job;
  working.progress = job.progress.part(0.1, 0.95);
  SPONDYL_TRY(const Analysis analysis, analyze(std::move(input), analysisOptions, working));
  OutputFolder folder(target);
  std::filesystem::create_directories(folder.temporary(), error);
  if (error) return fail(ErrorCode::FileNotWritable, {target.string(), error.message()});
  JobContext writing = job;
  writing.progress = job.progress.part(0.95, 1);
  SPONDYL_CHECK(writeAnalysis(analysis, folder.temporary(), writing));
  SPONDYL_CHECK(folder.commit());
  session.endProgress();
  for (const std::string& warning : analysis.result->proposals.back()->warnings) session.note("warning: " + warning);
  std::printf("%s\n", target.c_str());
  return {};
}

int runAnalyze(const AnalyzeOptions& options, Session& session) {
  std::set<std::string> used;
  int failed = 0, code = 0;
  for (const std::string& input : options.inputs) {
    const Status status = analyzeOne(input, options, used, session);
    if (status) continue;
    code = session.refuse(status.error());
    ++failed;
    if (session.stopped()) return 130;
  }
  if (options.inputs.size() > 1)
    session.note(std::to_string(options.inputs.size() - std::size_t(failed)) + " of " +
                 std::to_string(options.inputs.size()) + " inputs are complete");
  if (failed == 0) return 0;
  return failed == int(options.inputs.size()) ? code : 4;
}

} // namespace

void addAnalyze(CLI::App& app, Session& session) {
  auto o = std::make_shared<AnalyzeOptions>();
  CLI::App* command = app.add_subcommand("analyze", "Segments, names, measures: the whole proposal of a study");
  command->add_option("INPUT", o->inputs, "folder, zip, NIfTI or .spondyl case; several are several studies")->required();
  command->add_option("--out", o->out, "folder in which each study gets a folder of its own")->required();
  command->add_option("--models", o->models, "folder of model packages");
  command->add_option("--labels", o->labels, "NIfTI label map to use instead of the network's");
  command->add_option("--label-scheme", o->scheme, "numbers of --labels")
      ->check(CLI::IsMember({"codes", "totalsegmentator", "totalspineseg"}));
  command->add_option("--modality", o->modality, "ct or mr, for files that do not say")->check(CLI::IsMember({"ct", "mr"}));
  command->add_option("--series", o->series, "UID or number");
  command->add_option("--anchor", o->anchor, "a level that you know: L5@x,y,z (LPS, mm)");
  command->add_flag("--force", o->force, "replace a study's existing result");
  addNotYet(*command, {"--task", "--jobs", "--resume", "--list"});
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli analyze study/ --out results");
  command->callback([o, &session] { session.run = [o](Session& s) { return runAnalyze(*o, s); }; });
}

} // namespace spondyl::app

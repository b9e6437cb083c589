// analyze: the main job on one or more inputs, a folder of results each.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/cli/summary.h"
#include "app/wording/error_text.h"
#include "app/workflow/analysis.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

namespace spondyl::app {
namespace {

struct AnalyzeOptions {
  std::vector<std::string> inputs;
  std::string list, out, models, labels, scheme = "codes", modality, series, anchor;
  int jobs = 1;
  bool force = false, resume = false, uncertainty = false;
};

/// Names of the results' folders: Study Instance UID, or the file's name without its ending; -2 on a clash.
/// Given in the order of the inputs, however many are at work, so that a second call finds the same names.
class FolderNames {
 public:
  /// Waits until every input before this one has its name or was refused.
  std::string take(std::size_t input, const Study& study) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_next == input; });
    std::string base = study.name.empty() ? "study" : study.name;
    for (char& c : base)
      if (c == '/' || c == '\0')
        c = '_';
    std::string name = base;
    for (int n = 2; !m_used.insert(name).second; ++n)
      name = base + "-" + std::to_string(n);
    pass();
    return name;
  }
  /// This input ends without a name (or has one already).
  void skip(std::size_t input) {
    std::unique_lock lock(m_mutex);
    if (input < m_next)
      return;
    m_changed.wait(lock, [&] { return m_next == input; });
    pass();
  }

 private:
  void pass() {
    ++m_next;
    m_changed.notify_all();
  }
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::size_t m_next = 0;
  std::set<std::string> m_used;
};

/// At once, also into a pipe: whoever reads it can begin with what is there.
void printFolder(const Path& folder) {
  std::printf("%s\n", folder.c_str());
  std::fflush(stdout);
}

/// One call of analyze on its inputs.
class Batch {
 public:
  Batch(const AnalyzeOptions& options, std::vector<std::string> inputs, Session& session)
      : m_options(options), m_inputs(std::move(inputs)), m_session(session), m_job(session.job()),
        m_outcomes(m_inputs.size()), m_fractions(m_inputs.size(), 0.0) {}

  int run() {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t n = next++; n < m_inputs.size(); n = next++) {
        if (m_session.stopped())
          m_names.skip(n); // those after it wait for its turn
        else
          finish(n);
      }
    };
    {
      std::vector<std::jthread> helpers;
      for (int n = 1; n < std::min(m_options.jobs, int(m_inputs.size())); ++n)
        helpers.emplace_back(work);
      work();
    }
    return m_session.stopped() ? 130 : conclude();
  }

 private:
  bool several() const { return m_inputs.size() > 1; }

  void note(std::size_t n, const std::string& sentence) const {
    m_session.note(several() ? m_inputs[n] + ": " + sentence : sentence);
  }

  /// The progress of one input is a part of the whole's.
  JobContext jobOf(std::size_t n) {
    return {m_job.stop, Progress([this, n](const ProgressReport& report) {
              const std::lock_guard lock(m_mutex);
              m_fractions[n] = std::max(m_fractions[n], report.fraction);
              m_job.progress.report(report.stage,
                                    std::accumulate(m_fractions.begin(), m_fractions.end(), 0.0) /
                                        double(m_fractions.size()));
            })};
  }

  void finish(std::size_t n) {
    AnalyzeOutcome& outcome = m_outcomes[n];
    outcome.input = m_inputs[n];
    const Status status = guarded(n, outcome);
    m_names.skip(n);
    const int code = status ? 0 : m_session.refuse(status.error());
    const std::lock_guard lock(m_mutex);
    m_fractions[n] = 1;
    if (status)
      return;
    outcome.error = status.error();
    m_code = code;
    ++m_refused;
  }

  /// On a thread of its own nothing above would catch what a library throws.
  Status guarded(std::size_t n, AnalyzeOutcome& outcome) {
    try {
      return analyzeOne(n, outcome);
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::OutOfMemory, {"more", "?"}, "analyze");
    } catch (const std::exception& defect) {
      return fail(ErrorCode::Internal, {defect.what()}, "analyze");
    }
  }

  Result<AnalysisOptions> analysisOptions() const {
    AnalysisOptions out;
    out.models = m_options.models;
    out.device = m_session.common.device;
    out.threads = m_session.common.threads;
    out.memoryLimitGiB = m_session.common.memoryLimitGiB;
    out.modality = m_options.modality;
    if (!m_options.labels.empty())
      out.labels = m_options.labels;
    out.labelScheme = *labelSchemeFromName(m_options.scheme);
    if (!m_options.anchor.empty()) {
      SPONDYL_TRY(out.anchor, parseAnchor(m_options.anchor));
    }
    return out;
  }

  Status analyzeOne(std::size_t n, AnalyzeOutcome& outcome) {
    SPONDYL_TRY(const AnalysisOptions options, analysisOptions());
    const JobContext job = jobOf(n);
    const Path path = m_inputs[n];
    if (m_options.resume) { // headers tell the name; voxels need not be read for what is complete
      SPONDYL_TRY(const StudyListing listing, openListing(path, {job.stop, {}}));
      SPONDYL_TRY(const SeriesChoice choice, chooseSeries(listing, m_options.series));
      outcome.folder = Path(m_options.out) / m_names.take(n, listing.studies[choice.study]);
      outcome.skipped = isCompleteResult(outcome.folder);
      if (outcome.skipped) {
        note(n, "already complete");
        printFolder(outcome.folder);
        return {};
      }
    }
    const Stopwatch reading;
    JobContext part = job;
    part.progress = job.progress.part(0, 0.1);
    SPONDYL_TRY(Input input, openInput(path, m_options.series, part, m_options.modality));
    const double readSeconds = reading.seconds();
    if (outcome.folder.empty())
      outcome.folder = Path(m_options.out) / m_names.take(n, input.study);
    const Path& target = outcome.folder;
    // A folder without a whole run.json is the rest of a run that did not finish: not a result.
    if (isCompleteResult(target) && !m_options.force)
      return fail(ErrorCode::ResultExists, {target.string()});
    SPONDYL_CHECK(prepareOutput(target, true));
    note(n, "series: " + (input.series.description.empty() ? input.series.uid : input.series.description));
    m_session.warn(input.warnings);
    part.progress = job.progress.part(0.1, m_options.uncertainty ? 0.8 : 0.95);
    SPONDYL_TRY(Analysis analysis, analyze(std::move(input), options, part));
    analysis.run.stages.insert(analysis.run.stages.begin(), {"read", readSeconds});
    OutputFolder folder(target);
    std::error_code error;
    std::filesystem::create_directories(folder.temporary(), error);
    if (error)
      return fail(ErrorCode::FileNotWritable, {target.string(), error.message()});
    if (m_options.uncertainty) {
      part.progress = job.progress.part(0.8, 0.95);
      SPONDYL_CHECK(writeUncertainty(analysis, options, folder.temporary(), part));
    }
    part.progress = job.progress.part(0.95, 1);
    SPONDYL_CHECK(writeAnalysis(analysis, folder.temporary(), part));
    SPONDYL_CHECK(folder.commit());
    m_session.endProgress();
    for (const std::string& warning : analysis.result->proposals.back()->warnings)
      note(n, "warning: " + warning);
    printFolder(target);
    return {};
  }

  int conclude() const {
    const std::size_t complete = m_inputs.size() - m_refused;
    if (several()) {
      const Path summary = Path(m_options.out) / "summary.csv";
      Status written = prepareOutput(summary, true);
      if (written)
        written = writeFileWhole(summary, summaryCsv(m_outcomes));
      if (!written)
        return m_session.refuse(written.error());
      m_session.note(std::to_string(complete) + " of " + std::to_string(m_inputs.size()) +
                     " inputs are complete; see " + summary.string());
    }
    if (m_refused == 0)
      return 0;
    return complete == 0 ? m_code : 4;
  }

  const AnalyzeOptions& m_options;
  const std::vector<std::string> m_inputs;
  Session& m_session;
  const JobContext m_job;
  FolderNames m_names;
  std::vector<AnalyzeOutcome> m_outcomes;
  std::mutex m_mutex; ///< guards what follows
  std::vector<double> m_fractions;
  int m_code = 0; ///< of the last refused input
  std::size_t m_refused = 0;
};

int runAnalyze(const AnalyzeOptions& options, Session& session) {
  if (options.force && options.resume)
    return session.refuse(
        fail(ErrorCode::Usage, {"--force and --resume exclude each other",
                                "--resume keeps complete results, --force replaces them."}));
  std::vector<std::string> inputs = options.inputs;
  if (!options.list.empty()) {
    const auto listed = readInputList(options.list);
    if (!listed)
      return session.refuse(listed.error());
    inputs.insert(inputs.end(), listed->begin(), listed->end());
  }
  if (inputs.empty())
    return session.refuse(fail(
        ErrorCode::Usage, {"INPUT is required", "For example: spondyl-cli analyze study/ --out results"}));
  return Batch(options, std::move(inputs), session).run();
}

} // namespace

void addAnalyze(CLI::App& app, Session& session) {
  auto o = std::make_shared<AnalyzeOptions>();
  CLI::App* command =
      app.add_subcommand("analyze", "Segments, names, measures: the whole proposal of a study");
  command->add_option("INPUT", o->inputs, "folder, zip, NIfTI or .spondyl case; several are several studies");
  command->add_option("--out", o->out, "folder in which each study gets a folder of its own")->required();
  command->add_option("--models", o->models, "folder of model packages");
  command->add_option("--labels", o->labels, "NIfTI label map to use instead of the network's");
  command->add_option("--label-scheme", o->scheme, "numbers of --labels")
      ->check(CLI::IsMember({"codes", "totalsegmentator", "totalspineseg"}));
  command->add_option("--modality", o->modality, "ct or mr, for files that do not say")
      ->check(CLI::IsMember({"ct", "mr"}));
  command->add_option("--series", o->series, "UID or number");
  command->add_option("--anchor", o->anchor, "a level that you know: L5@x,y,z (LPS, mm)");
  command->add_flag("--uncertainty", o->uncertainty,
                    "also write uncertainty.nii.gz: where the network is unsure of its classes, 0 to 1");
  command->add_flag("--force", o->force, "replace a study's existing result");
  command->add_flag("--resume", o->resume, "skip studies whose result is complete");
  command->add_option("--jobs", o->jobs, "studies at work at a time; the networks take one after the other")
      ->check(CLI::Range(1, 64));
  command->add_option("--list", o->list, "text file with more inputs, one a line");
  addNotYet(*command, {"--task"});
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli analyze study/ --out results");
  command->callback([o, &session] { session.run = [o](Session& s) { return runAnalyze(*o, s); }; });
}

} // namespace spondyl::app

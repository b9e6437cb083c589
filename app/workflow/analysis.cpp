#include "app/workflow/analysis.h"

#include "app/wording/warning_text.h"
#include "core/base/parallel.h"
#include "core/edit/edit.h"
#include "core/formats/open.h"
#include "inference/client/client.h"

#include <chrono>
#include <cstdlib>
#include <sys/resource.h>

namespace spondyl::app {
namespace {

/// Adds the time since its making to the record when it ends.
class StageTimer {
 public:
  StageTimer(RunRecord& record, std::string stage)
      : m_record(record), m_stage(std::move(stage)), m_start(std::chrono::steady_clock::now()) {}
  ~StageTimer() {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - m_start;
    m_record.stages.emplace_back(m_stage, taken.count());
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  RunRecord& m_record;
  std::string m_stage;
  std::chrono::steady_clock::time_point m_start;
};

Result<Proposal> readLabelProposal(const Input& input, const AnalysisOptions& options,
                                   const JobContext& job) {
  SPONDYL_TRY(const LabelArray labels, readLabelFile(*options.labels, job));
  LabelImport import;
  import.labels = labels.numbers;
  import.grid = labels.grid;
  import.target = input.volume->grid();
  import.seriesUid = input.series.uid;
  import.frameOfReferenceUid = input.series.frameOfReferenceUid;
  import.scheme = options.labelScheme;
  import.provenance = {
      Provenance::Origin::Import, options.labels->filename().string(), "", "", "", utcNow(), {}};
  return proposalFromLabels(import);
}

Result<Proposal> segmentProposal(const Input& input, const AnalysisOptions& options,
                                 const std::string& modality, RunRecord& run, const JobContext& job) {
  inference::SegmentRequest request;
  request.modelFolder = options.models.string();
  request.modality = modality;
  request.anchor = options.anchor;
  request.device = options.device;
  request.threads = options.threads > 0 ? options.threads : threadCount();
  request.memoryLimitGiB = options.memoryLimitGiB;
  inference::WorkerClient client;
  SPONDYL_TRY(const inference::SegmentOutcome outcome, client.segment(input.volume, request, job));
  const inference::SegmentResult& result = outcome.result;
  run.models.push_back({result.modelName, result.modelVersion, result.weightsSha256});
  if (!result.landmarkModelName.empty())
    run.models.push_back(
        {result.landmarkModelName, result.landmarkModelVersion, result.landmarkWeightsSha256});
  run.device = result.device;
  run.precision = result.precision;
  run.threads = result.threads;
  run.peakMemoryMiB = std::max(run.peakMemoryMiB, result.peakMemoryMiB);
  for (const inference::StageTime& stage : result.times)
    run.stages.emplace_back("segment: " + stage.stage, stage.seconds);
  return inference::toProposal(outcome, input.series.uid, input.series.frameOfReferenceUid, run.inputDigest,
                               options.anchor);
}

/// Fractures that the heights suggest. They are the proposal's own, so they are found on a case in which the
/// proposal stands alone: instances keep their ids there.
void addFindings(Proposal& proposal, const Input& input, MeasurementCache& measurer) {
  Case alone = newCase(input.study);
  alone.structures = proposal.structures;
  alone.chain = proposal.chain;
  alone.layers = proposal.layers;
  alone.landmarks = proposal.landmarks;
  const auto measured = measurer.measure(alone, input.series.uid, input.volume.get());
  proposal.findings = fractureFindings(proposal.chain, measured);
}

RunWarning runWarning(const Warning& warning) {
  return {warningCodeName(warning.code), warningSentence(warning), warning.arguments};
}

} // namespace

Result<std::string> modalityFor(const Input& input, const std::string& asked) {
  if (!asked.empty())
    return asked;
  if (input.series.modality == "CT")
    return std::string("ct");
  if (input.series.modality == "MR")
    return std::string("mr");
  return fail(ErrorCode::ModalityUndecided, {input.path.filename().string()}, "modalityFor");
}

Result<ProposedSpine> proposeSpine(const Input& input, const AnalysisOptions& options,
                                   const JobContext& job) {
  ProposedSpine out;
  out.run.started = utcNow();
  out.run.programVersion = SPONDYL_VERSION;
  out.run.inputName = input.path.filename().string();
  out.run.seriesUid = input.series.uid;
  out.run.precision = "none";
  out.run.threads = options.threads > 0 ? options.threads : threadCount();
  if (input.series.stacks.size() > input.stack && input.series.stacks[input.stack].radiograph)
    return fail(ErrorCode::ProjectionImage, {input.path.filename().string()}, "proposeSpine");
  if (input.volume->size().k < 2)
    return fail(ErrorCode::SingleSlice, {input.path.filename().string()}, "proposeSpine");
  SPONDYL_TRY(const std::string modality, modalityFor(input, options.modality));
  {
    const StageTimer timer(out.run, "digest");
    out.run.inputDigest = inference::volumeDigest(*input.volume);
  }
  JobContext part = job;
  part.progress = job.progress.part(0, 0.85);
  {
    const StageTimer timer(out.run, options.labels ? "labels" : "segment");
    if (options.labels) {
      SPONDYL_TRY(out.proposal, readLabelProposal(input, options, part));
    } else {
      SPONDYL_TRY(out.proposal, segmentProposal(input, options, modality, out.run, part));
    }
  }
  out.proposal.inputDigest = out.run.inputDigest;
  for (const std::string& warning : out.proposal.warnings)
    out.run.warnings.push_back({"proposal", warning, {}});
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled);
  job.progress.report("landmarks", 0.86);
  {
    const StageTimer timer(out.run, "landmarks and findings");
    addFindings(out.proposal, input, *out.measurer);
  }
  job.progress.report("landmarks", 1);
  return out;
}

Result<Analysis> analyze(Input input, const AnalysisOptions& options, const JobContext& job) {
  JobContext part = job;
  part.progress = job.progress.part(0, 0.9);
  SPONDYL_TRY(ProposedSpine proposed, proposeSpine(input, options, part));
  Analysis out{std::move(input), nullptr, {}, std::move(proposed.run), proposed.measurer};
  for (const Warning& warning : out.input.warnings)
    out.run.warnings.push_back(runWarning(warning));
  const EditContext context{"", utcNow()};
  SPONDYL_TRY(Applied applied, apply(std::make_shared<const Case>(out.input.existing),
                                     AddProposal{std::move(proposed.proposal)}, context));
  out.result = applied.next;
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled);
  job.progress.report("measure", 0.92);
  {
    const StageTimer timer(out.run, "measure");
    out.measurements = out.measurer->measure(*out.result, out.input.series.uid, out.input.volume.get());
  }
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  out.run.peakMemoryMiB = std::max(out.run.peakMemoryMiB, double(usage.ru_maxrss) / 1024);
  job.progress.report("measure", 1);
  return out;
}

Result<inference::ReaderAnchor> parseAnchor(const std::string& word) {
  const Error error = fail(
      ErrorCode::Usage, {"--anchor " + word + " is not understood", "For example: --anchor L5@-2.5,30,-410"});
  const std::size_t at = word.find('@');
  if (at == std::string::npos)
    return error;
  const auto level = levelFromName(word.substr(0, at));
  double xyz[3];
  const char* text = word.c_str() + at + 1;
  for (int axis = 0; axis < 3; ++axis) {
    char* end = nullptr;
    xyz[axis] = std::strtod(text, &end);
    if (end == text || *end != (axis < 2 ? ',' : '\0'))
      return error;
    text = end + 1;
  }
  if (!level)
    return error;
  return inference::ReaderAnchor{*level, {xyz[0], xyz[1], xyz[2]}};
}

} // namespace spondyl::app

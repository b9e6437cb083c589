#include "app/workflow/analysis.h"
#include "app/workflow/scalar_map.h"
#include "core/formats/nifti.h"
#include "core/store/case_file.h"

namespace spondyl::app {
namespace {

Status writeLabelFiles(const EffectiveCase& c, const Grid& grid, const Path& folder, const JobContext& job) {
  const LabelVolumes volumes = exportLabels(c, grid);
  SPONDYL_CHECK(writeNiftiLabels(grid, volumes.labels, folder / "labels.nii.gz", NiftiType::UInt16, job));
  const std::vector<std::uint16_t> parts(volumes.parts.begin(), volumes.parts.end());
  return writeNiftiLabels(grid, parts, folder / "parts.nii.gz", NiftiType::UInt8, job);
}

} // namespace

Status writeUncertainty(Analysis& analysis, const AnalysisOptions& options, const Path& folder,
                        const JobContext& job) {
  const MapOptions wanted{options.models, options.device, options.threads, options.memoryLimitGiB,
                          options.modality};
  SPONDYL_TRY(const inference::ScalarMapOutcome outcome,
              uncertaintyOf(analysis.input, effective(*analysis.result), wanted, job));
  SPONDYL_TRY(const VolumePtr map, asFloats(*outcome.map));
  SPONDYL_CHECK(writeNifti(*map, folder / "uncertainty.nii.gz", {job.stop, {}}));
  double seconds = 0;
  for (const inference::StageTime& stage : outcome.result.times)
    seconds += stage.seconds;
  analysis.run.stages.emplace_back("uncertainty", seconds);
  if (analysis.run.models.empty()) // labels of a file: the map alone is a network's
    analysis.run.models.push_back(
        {outcome.result.modelName, outcome.result.modelVersion, outcome.result.weightsSha256});
  return {};
}

Status writeAnalysis(const Analysis& analysis, const Path& folder, const JobContext& job) {
  const EffectiveCase c = effective(*analysis.result);
  const std::string& series = analysis.input.series.uid;
  SPONDYL_CHECK(writeLabelFiles(c, analysis.input.volume->grid(), folder, job));
  const auto landmarks = analysis.measurer->allLandmarks(c, series, analysis.input.volume.get());
  SPONDYL_CHECK(writeFileWhole(folder / "landmarks.json", landmarksJson(landmarks, c.chain)));
  SPONDYL_CHECK(writeFileWhole(folder / "findings.json", findingsJson(c.findings, c.chain)));
  SPONDYL_CHECK(
      writeFileWhole(folder / "measurements.json", measurementsJson(analysis.measurements, c.chain)));
  SPONDYL_CHECK(writeFileWhole(folder / "measurements.csv", measurementsCsv(analysis.measurements, c.chain)));
  SPONDYL_CHECK(writeFileWhole(folder / "levels.json", levelsJson(c.chain)));
  job.progress.report("write", 0.5);
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled);
  SaveOptions saving;
  saving.job = job;
  if (needsEmbedding(analysis.input.series))
    saving.embed.push_back({series, analysis.input.stack, analysis.input.volume});
  SPONDYL_CHECK(saveCaseFile(*analysis.result, folder / "case.spondyl", saving));
  RunRecord run = analysis.run;
  run.finished = utcNow();
  job.progress.report("write", 1);
  return writeFileWhole(folder / "run.json", runJson(run));
}

} // namespace spondyl::app

#include "app/workflow/input.h"

#include "core/base/id.h"
#include "core/formats/open.h"
#include "core/store/case_file.h"

#include <algorithm>

namespace spondyl::app {
namespace {

VolumeMeaning meaningOf(const std::string& modality) {
  if (modality == "CT")
    return VolumeMeaning::CtHounsfield;
  return modality == "MR" ? VolumeMeaning::MrSignal : VolumeMeaning::Unknown;
}

bool isCaseFile(const Path& path) {
  return path.extension() == ".spondyl";
}

/// A case file's own series, chosen as in any other listing; its voxels from the file itself or from the
/// source.
Result<Input> openCaseInput(const Path& path, const std::string& series, const JobContext& job,
                            Acceptance accept) {
  OpenOptions options;
  options.job = job;
  SPONDYL_TRY(OpenedCase opened, openCaseFile(path, options));
  Input input;
  input.path = path;
  input.fromCaseFile = true;
  input.existing = *opened.state;
  const StudyListing listing{input.existing.studies, {}, {}};
  SPONDYL_TRY(const SeriesChoice choice, chooseSeries(listing, series, accept));
  input.study = listing.studies[choice.study];
  input.series = input.study.series[choice.series];
  input.stack = choice.stack;
  const auto embedded =
      std::find_if(opened.volumes.begin(), opened.volumes.end(), [&](const EmbeddedVolume& v) {
        return v.seriesUid == input.series.uid && v.stack == choice.stack;
      });
  if (embedded != opened.volumes.end()) {
    input.volume = embedded->volume;
  } else {
    LoadOptions loading;
    loading.acceptSingleSlice = accept.singleSlice;
    loading.acceptRadiograph = accept.radiograph;
    SPONDYL_TRY(LoadedVolume loaded, loadVolume(input.series, choice.stack, job, loading));
    input.volume = loaded.volume;
    input.warnings = std::move(loaded.warnings);
  }
  // A case remembers what its source did not say.
  if (input.volume->meaning() == VolumeMeaning::Unknown && !input.series.modality.empty())
    input.volume = input.volume->withMeaning(meaningOf(input.series.modality));
  return input;
}

/// What a file without a modality holds: as asked, else as its values tell.
void settleModality(Input& input, const SeriesChoice& choice, const std::string& asked) {
  if (!input.series.modality.empty() || input.series.stacks[choice.stack].radiograph)
    return;
  std::string modality = asked == "ct" ? "CT" : asked == "mr" ? "MR" : "";
  if (modality.empty()) {
    const auto judged = judgeModality(*input.volume);
    if (!judged)
      return;
    modality = *judged;
    input.warnings.push_back({WarningCode::ModalityJudged, {modality}});
  }
  input.series.modality = input.study.series[choice.series].modality = modality;
  input.volume = input.volume->withMeaning(meaningOf(modality));
}

} // namespace

Result<StudyListing> openListing(const Path& path, const JobContext& job) {
  if (!isCaseFile(path))
    return openStudies(path, job);
  OpenOptions options;
  options.loadVolumes = false;
  options.job = job;
  SPONDYL_TRY(const OpenedCase opened, openCaseFile(path, options));
  return StudyListing{opened.state->studies, {}, {}};
}

Result<Input> openInput(const Path& path, const std::string& series, const JobContext& job,
                        const std::string& askedModality, Acceptance accept) {
  if (isCaseFile(path))
    return openCaseInput(path, series, job, accept);
  JobContext reading = job;
  reading.progress = job.progress.part(0, 0.2);
  SPONDYL_TRY(StudyListing listing, openStudies(path, reading));
  SPONDYL_TRY(const SeriesChoice choice, chooseSeries(listing, series, accept));
  Input input;
  input.path = path;
  input.study = listing.studies[choice.study];
  input.series = input.study.series[choice.series];
  input.stack = choice.stack;
  reading.progress = job.progress.part(0.2, 1);
  LoadOptions loading;
  loading.acceptSingleSlice = accept.singleSlice;
  loading.acceptRadiograph = accept.radiograph;
  SPONDYL_TRY(LoadedVolume loaded, loadVolume(input.series, choice.stack, reading, loading));
  input.volume = loaded.volume;
  input.warnings = std::move(listing.warnings);
  input.warnings.insert(input.warnings.end(), loaded.warnings.begin(), loaded.warnings.end());
  input.refused = std::move(listing.refused);
  settleModality(input, choice, askedModality);
  input.existing = newCase(input.study);
  return input;
}

Case newCase(const Study& study) {
  Case c;
  c.id = newUuid();
  c.patient = study.patient;
  c.studies = {study};
  return c;
}

std::optional<std::string> judgeModality(const Volume& volume) {
  // A sample of the voxels is enough: at most about 200 000, evenly spread.
  std::vector<double> sample;
  visitVoxels(volume, [&](auto voxels) {
    const std::size_t step = std::max<std::size_t>(1, voxels.size() / 200000);
    for (std::size_t v = 0; v < voxels.size(); v += step)
      sample.push_back(double(voxels[v]) * volume.rescale().slope + volume.rescale().intercept);
  });
  if (sample.empty())
    return std::nullopt;
  std::sort(sample.begin(), sample.end());
  const auto quantile = [&](double q) { return sample[std::size_t(q * double(sample.size() - 1))]; };
  const auto share = [&](double low, double high) {
    return double(std::upper_bound(sample.begin(), sample.end(), high) -
                  std::lower_bound(sample.begin(), sample.end(), low)) /
           double(sample.size());
  };
  // Hounsfield units: something far below water (air, lung, padding) and a clear part between fat and muscle.
  if (quantile(0.002) < -300 && quantile(1) > 150 && share(-200, 200) > 0.05)
    return "CT";
  if (quantile(0) < -1)
    return std::nullopt; // negative, yet not Hounsfield units
  // Hounsfield units that were shifted by 1000 or 1024 have no negative values either: water stands out
  // there.
  const bool shifted = quantile(1) > 2000 && share(900, 1200) > 0.2 && share(0, 150) > 0.1;
  if (shifted || quantile(1) <= 3)
    return std::nullopt; // or a mask
  return "MR";
}

} // namespace spondyl::app

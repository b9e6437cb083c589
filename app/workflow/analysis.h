#pragma once
// The main job: from an opened input to a case that holds the proposal, with landmarks, findings and
// measurements.

#include "app/workflow/input.h"
#include "core/case/label_exchange.h"
#include "core/measure/measure.h"
#include "core/report/result_files.h"
#include "inference/protocol/segmentation.h"

namespace spondyl::app {

struct AnalysisOptions {
  Path models; ///< empty: the installed ones
  std::string device = "auto";
  int threads = 0;
  double memoryLimitGiB = 0;
  std::string modality;       ///< "ct" or "mr"; empty: the series'
  std::optional<Path> labels; ///< a label map instead of the segmentation network
  LabelScheme labelScheme = LabelScheme::Codes;
  std::optional<inference::ReaderAnchor> anchor;
};

struct Analysis {
  Input input;
  CasePtr result; ///< the input's case with one more proposal
  std::vector<Measurement> measurements;
  RunRecord run;
  std::shared_ptr<MeasurementCache> measurer =
      std::make_shared<MeasurementCache>(); ///< knows the shapes already
};

/// Errors: ModalityUndecided, SingleSlice, those of the worker and of reading labels, Cancelled. No spine
/// found is a result: an empty proposal and a warning.
Result<Analysis> analyze(Input input, const AnalysisOptions& options, const JobContext& job);

/// Only the proposal, as the window needs it: segments (or reads labels), adds landmarks and geometric
/// findings.
struct ProposedSpine {
  Proposal proposal;
  RunRecord run;
  std::shared_ptr<MeasurementCache> measurer =
      std::make_shared<MeasurementCache>(); ///< measured the proposal
};
Result<ProposedSpine> proposeSpine(const Input& input, const AnalysisOptions& options, const JobContext& job);

/// "ct" or "mr": as asked, else the series'. Errors: ModalityUndecided.
Result<std::string> modalityFor(const Input& input, const std::string& asked);

/// Writes every file that `analyze` leaves (docs/CLI.md) into an existing folder, run.json last.
Status writeAnalysis(const Analysis& analysis, const Path& folder, const JobContext& job);

/// Computes the map of uncertainty (app/workflow/scalar_map.h) with the options of the analysis, writes it as
/// uncertainty.nii.gz (float32, 0 to 1, the input's grid) and adds its time to the run's record (and its
/// model, where the labels are not a network's). To be called before writeAnalysis. Errors: those of the
/// worker and of writing.
Status writeUncertainty(Analysis& analysis, const AnalysisOptions& options, const Path& folder,
                        const JobContext& job);

/// "L5@x,y,z" (LPS, mm). Errors: Usage.
Result<inference::ReaderAnchor> parseAnchor(const std::string& word);

} // namespace spondyl::app

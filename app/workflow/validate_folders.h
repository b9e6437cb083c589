#pragma once
// Which prediction belongs to which reference, and all of them compared.

#include "core/base/progress.h"
#include "core/case/label_exchange.h"
#include "core/validate/summary.h"

namespace spondyl::app {

struct ValidateOptions {
  Path truth; ///< a folder of label maps, or of folders that hold labels.nii.gz (as `phantom` writes them)
  Path predictions; ///< a folder of results of `analyze`, or of label maps
  LabelScheme truthScheme = LabelScheme::Codes;
  LabelScheme predictionScheme = LabelScheme::Codes;
  bool bodiesOnly = false; ///< the references' vertebrae are bodies alone
  BootstrapOptions bootstrap;
};

/// A label map in a folder of references or predictions. Cases are called as their file or folder; a
/// reference in whose folder lies a study is known by that study's UID, too.
struct LabelledInput {
  std::string name;
  std::vector<std::string> aliases; ///< name without "_seg", "_img" …; UIDs
  Path labels;
  std::optional<Path> parts, levels; ///< beside it: parts.nii.gz, levels.json
};
/// Images beside the label maps (chu04_img.nii.gz beside chu04_seg.nii.gz) are left out.
Result<std::vector<LabelledInput>> labelledInputs(const Path& folder, const JobContext& job);

/// Every reference is compared with the prediction of its name; one without a prediction, or that cannot be
/// read, stands in `failed`. A single reference and a single prediction belong together whatever they are
/// called. Errors: FileNotFound, NothingToCompare, Cancelled.
Result<Validation> validateFolders(const ValidateOptions& options, const JobContext& job);

} // namespace spondyl::app

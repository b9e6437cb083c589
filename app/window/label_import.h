#pragma once
// Label files beside an image: is a dropped file one, and whose numbers does it hold.

#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/case/label_exchange.h"

namespace spondyl::app {

struct LabelJudgement {
  bool areLabels = false;                  ///< whole numbers, few different ones, in the place of the image
  LabelScheme scheme = LabelScheme::Codes; ///< under which most levels follow each other from above
};

/// Errors: FileNotFound, FileUnreadable, Cancelled. A file that holds no labels is a result.
Result<LabelJudgement> judgeLabels(const Path& path, const Grid& image, const JobContext& job);

/// The table under which the numbers' heights (by number, LPS z in mm) are in anatomical order.
LabelScheme schemeByOrder(const std::vector<std::pair<int, double>>& heightOfNumber);

} // namespace spondyl::app

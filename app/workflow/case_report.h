#pragma once
// The report of an opened case, as values: for the command line and the window alike.

#include "app/workflow/input.h"
#include "core/report/report.h"

namespace spondyl::app {

/// Measures the case as it is, with the angles that the reader asked for, and makes the report's model.
/// Created now.
Report caseReport(const Case& c, const std::string& seriesUid, const Volume* image, bool includeProposed,
                  const std::vector<AngleRequest>& angles = {});

} // namespace spondyl::app

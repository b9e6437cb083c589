#include "app/workflow/case_report.h"

namespace spondyl::app {

Report caseReport(const Case& c, const std::string& seriesUid, const Volume* image, bool includeProposed,
                  const std::string& when) {
  ReportInput input;
  input.seriesUid = seriesUid;
  input.includeProposed = includeProposed;
  input.created = when.empty() ? utcNow() : when;
  input.measurements = measure(c, seriesUid, image);
  input.landmarks = allLandmarks(effective(c), seriesUid);
  return makeReport(c, input);
}

} // namespace spondyl::app

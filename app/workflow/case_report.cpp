#include "app/workflow/case_report.h"

namespace spondyl::app {

Report caseReport(const Case& c, const std::string& seriesUid, const Volume* image, bool includeProposed,
                  const std::vector<AngleRequest>& angles) {
  ReportInput input;
  input.seriesUid = seriesUid;
  input.includeProposed = includeProposed;
  input.created = utcNow();
  MeasurementCache measurer;
  input.measurements = measurer.measure(c, seriesUid, image, angles);
  input.landmarks = measurer.allLandmarks(effective(c), seriesUid, image);
  return makeReport(c, input);
}

} // namespace spondyl::app

#pragma once
// The Report tab: what the report will hold and what it leaves out. No widgets.

#include "core/case/case.h"

#include <string>
#include <vector>

namespace spondyl::app {

struct KeyImageRow {
  std::string id, title, caption; ///< "Sagittal, L3"
};

struct ReportPanelModel {
  std::string impression, referrer, reader;
  int confirmedLevels = 0, openLevels = 0, confirmedFindings = 0, openFindings = 0;
  std::vector<KeyImageRow> keyImages;
  std::string summary; ///< "5 levels and 1 finding are confirmed; 2 levels are not reviewed and left out."
};

ReportPanelModel buildReport(const Case& c, const EffectiveCase& e, bool includeProposed);

} // namespace spondyl::app

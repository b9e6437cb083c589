#include "app/panels/report_model.h"

#include "app/panels/levels_model.h"

#include <cctype>

namespace spondyl::app {
namespace {

std::string counted(int n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string nearestLevel(const EffectiveCase& e, PointLps at) {
  const ChainEntry* best = nullptr;
  for (const ChainEntry& entry : e.chain.entries)
    if (!best || distance(entry.centroid, at) < distance(best->centroid, at))
      best = &entry;
  return best && distance(best->centroid, at) < 40 ? e.chain.displayName(best->instance) : std::string();
}

std::string titleOf(const KeyImage& image, const EffectiveCase& e) {
  std::string title = image.view;
  if (!title.empty())
    title[0] = char(std::toupper(static_cast<unsigned char>(title[0])));
  const std::string level = nearestLevel(e, image.at);
  return level.empty() ? title : title + ", " + level;
}

} // namespace

ReportPanelModel buildReport(const Case& c, const EffectiveCase& e, bool includeProposed) {
  ReportPanelModel model;
  model.impression = c.report.impression;
  model.referrer = c.report.referrer;
  model.reader = c.report.reader;
  const LevelsModel levels = buildLevels(c, e);
  model.confirmedLevels = levels.reviewed;
  model.openLevels = int(levels.rows.size()) - levels.reviewed;
  for (const Finding& finding : e.findings)
    if (finding.state != ItemState::Rejected)
      ++(finding.state == ItemState::Confirmed ? model.confirmedFindings : model.openFindings);
  for (const KeyImage& image : c.keyImages)
    model.keyImages.push_back({image.id, titleOf(image, e), image.caption});

  if (levels.rows.empty()) {
    model.summary = "There is nothing to report yet.";
    return model;
  }
  model.summary = counted(model.confirmedLevels, "level", "levels") + " and " +
                  counted(model.confirmedFindings, "finding", "findings") + " are confirmed.";
  if (model.openLevels + model.openFindings > 0)
    model.summary += " " + counted(model.openLevels, "level", "levels") + " and " +
                     counted(model.openFindings, "finding", "findings") + " are not reviewed and " +
                     (includeProposed ? "marked so." : "left out.");
  return model;
}

} // namespace spondyl::app

#include "app/panels/series_model.h"

#include <cstdio>

namespace spondyl::app {
namespace {

/// "1", "1.25", "0.8": two decimals at most, none that say nothing.
std::string spacingText(double mm) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", mm);
  std::string trimmed = text;
  while (trimmed.back() == '0')
    trimmed.pop_back();
  if (trimmed.back() == '.')
    trimmed.pop_back();
  return trimmed;
}

std::string subtitleOf(const Series& series) {
  std::string text = series.modality.empty() ? std::string("Image") : series.modality;
  if (!series.stacks.empty() && series.stacks.front().radiograph) {
    const std::string count = std::to_string(series.stacks.size());
    return text + " · radiograph" + (series.stacks.size() > 1 ? "s, " + count : "");
  }
  if (!series.stacks.empty() && series.stacks.front().grid) {
    const Grid& grid = *series.stacks.front().grid;
    text += " · " + std::to_string(grid.size().k) + " × " + spacingText(grid.spacing()[2]) + " mm";
  } else if (series.sliceCount > 0) {
    text += " · " + std::to_string(series.sliceCount) + (series.sliceCount == 1 ? " image" : " images");
  }
  return text;
}

} // namespace

std::vector<StudyGroup> buildSeries(const StudyListing& listing) {
  std::vector<StudyGroup> groups;
  for (std::size_t s = 0; s < listing.studies.size(); ++s) {
    const Study& study = listing.studies[s];
    StudyGroup group;
    group.title = study.date.empty() ? study.name : study.date;
    group.subtitle = study.description;
    for (std::size_t n = 0; n < study.series.size(); ++n) {
      const Series& series = study.series[n];
      SeriesRow row;
      row.study = s;
      row.series = n;
      row.uid = series.uid;
      row.modality = series.modality;
      row.title = !series.description.empty() ? series.description : series.protocol;
      if (row.title.empty() && series.number)
        row.title = "Series " + std::to_string(*series.number);
      if (row.title.empty())
        row.title = study.name.empty() ? "Series " + std::to_string(n + 1) : study.name;
      row.subtitle = subtitleOf(series);
      row.usable = false;
      for (const Stack& stack : series.stacks) {
        row.usable = row.usable || (stack.grid && (!stack.refusal || stack.radiograph));
        row.warnings += stack.warnings.size();
        if (!row.refusal && stack.refusal)
          row.refusal = stack.refusal;
      }
      if (row.usable)
        row.refusal.reset();
      group.rows.push_back(std::move(row));
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

std::string studyLine(const Study& study) {
  std::string line = displayName(study.patient);
  if (line.empty())
    line = study.patient.id.empty() ? study.name : study.patient.id;
  if (!study.date.empty())
    line += " · " + study.date;
  return line;
}

} // namespace spondyl::app

#pragma once
// The series column as rows, grouped by study. No widgets.

#include "core/study/study.h"

#include <string>
#include <vector>

namespace spondyl::app {

struct SeriesRow {
  std::size_t study = 0, series = 0;
  std::string uid;
  std::string title;    ///< description, else protocol, else "Series 4"
  std::string subtitle; ///< "CT · 320 × 1.0 mm"
  std::string modality;
  bool usable = true;           ///< at least one stack is a volume or a radiograph
  std::optional<Error> refusal; ///< why not
  std::size_t warnings = 0;
};

struct StudyGroup {
  std::string title;    ///< date, or the name of the file
  std::string subtitle; ///< description
  std::vector<SeriesRow> rows;
};

std::vector<StudyGroup> buildSeries(const StudyListing& listing);
/// "Doe John · 2024-05-03" for the header.
std::string studyLine(const Study& study);

} // namespace spondyl::app

#pragma once
// The table per level, the same in every written form.

#include "core/report/report.h"

#include <string>
#include <vector>

namespace spondyl {

struct ReportCell {
  std::string text;        ///< "27.1", "—"
  bool outOfRange = false; ///< shown with ▲
  bool reviewed = true;
  std::string why; ///< reason of a missing value, normal range of one out of it
};
struct ReportColumn {
  std::string title, unit;
  std::string id; ///< of the measurement; empty: findings
};
struct ReportTableRow {
  std::string level;
  bool reviewed = true;
  std::string findings; ///< sentences, "; " between them
  std::vector<ReportCell> cells;
};
struct ReportTable {
  std::vector<ReportColumn> columns;
  std::vector<ReportTableRow> rows;
  std::vector<std::string> footnotes; ///< ranges and reasons that the table refers to
};
ReportTable levelTable(const Report& report);

/// Angles and pelvic parameters: name, value with unit, note.
struct AlignmentLine {
  std::string name, value, note;
  bool reviewed = true, outOfRange = false;
};
std::vector<AlignmentLine> alignmentLines(const Report& report);

/// "Lordosis L1–S1" from a measurement's id.
std::string measurementTitle(const Measurement& measurement);
/// ISO 8601 with the time cut to minutes: "2026-05-04 10:20".
std::string shownTime(const std::string& iso);
/// "12 of 20 items reviewed".
std::string reviewLine(const Report& report);
/// "spondyl 0.1.0 · spine-ct 1.0" for the foot of each page.
std::string versionLine(const Report& report);

} // namespace spondyl

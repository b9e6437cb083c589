#pragma once
// The report of a case as plain values: what every written form (PDF, HTML, JSON, CSV) shows. Confirmed items
// only, unless proposed ones are asked for; those are marked "not reviewed".

#include "core/measure/measure.h"

#include <array>
#include <string>
#include <vector>

namespace spondyl {

struct ReportInput {
  std::string seriesUid;
  bool includeProposed = false;
  std::string created;                   ///< ISO 8601 UTC
  std::vector<Measurement> measurements; ///< of measure(case, …, includeProposed = true)
  std::vector<Landmark> landmarks;       ///< allLandmarks() of the effective case, for the alignment picture
};

struct ReportFinding {
  Finding finding;
  std::string level;    ///< display name
  std::string sentence; ///< "fracture, Genant grade 2 (moderate), wedge"
  bool reviewed = false;
  std::string stale; ///< why a confirmed grade no longer fits the value, or empty
};

struct ReportMeasurement {
  Measurement value;
  bool reviewed = false;
};

struct ReportLevel {
  InstanceId instance;
  std::string name;
  bool named = true; ///< false: "V3", the level is not known
  bool reviewed = false;
  bool whole = true;
  std::string note;
  /// The body's outline for the alignment picture, patient mm: superior anterior, superior posterior,
  /// inferior posterior, inferior anterior as (y, z); superior right, superior left, inferior left, inferior
  /// right as (x, z). The sacrum has its end plate only (first two points given twice).
  std::optional<std::array<std::array<double, 2>, 4>> sagittal, coronal;
};

struct ReportSource {
  std::string source; ///< "model:NAME@VERSION"
  std::string origin; ///< "person", "model", "import"
  std::string name, version, sha256, inputDigest;
  int items = 0;
};

struct Report {
  std::string programVersion, created;
  Patient patient;
  std::string studyUid, studyDate, studyDescription, accession, institution, modality, seriesDescription,
      technique;
  std::string referrer, reader, impression;
  bool includeProposed = false;
  int confirmed = 0, total = 0; ///< structures, findings: reviewed, and all there are
  int leftOut = 0;              ///< not reviewed and therefore not shown
  bool nothingReviewed = false; ///< and proposed ones were not asked for
  std::vector<std::string> notices;
  std::vector<ReportLevel> levels;
  std::vector<ReportMeasurement> measurements;
  std::vector<ReportFinding> findings;
  std::vector<KeyImage> keyImages;
  std::vector<ReportSource> provenance;
  LevelChain chain;

  const Measurement* measurement(InstanceId instance, std::string_view id) const; ///< shown ones only
};

inline constexpr const char* notForDiagnosticUse = "not for diagnostic use";

Report makeReport(const Case& c, const ReportInput& input);

/// Value with unit as people read it: "27.1", "+3.2", "—" if missing; decimals from the catalogue.
std::string shownValue(const Measurement& measurement);

/// "spondyl.report/1".
std::string reportJson(const Report& report);
std::string reportCsv(const Report& report);
/// A picture of a key image: PNG bytes by key image id.
struct ReportPicture {
  std::string keyImageId;
  std::string png;
};
/// One self-contained page: no script, nothing loaded; every text is escaped.
std::string reportHtml(const Report& report, const std::vector<ReportPicture>& pictures = {});

} // namespace spondyl

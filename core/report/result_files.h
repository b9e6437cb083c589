#pragma once
// The files that `analyze` and `measure` leave (CLI.md): effective case in, text out. UTF-8; JSON begins with
// its schema (docs/schemas). Values are rounded to a thousandth.

#include "core/measure/measure.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace spondyl {

/// `landmarks`: allLandmarks() of the same effective case.
std::string landmarksJson(const std::vector<Landmark>& landmarks, const LevelChain& chain);
/// `saliency`: file names by finding, where there are pictures.
std::string findingsJson(const std::vector<Finding>& findings, const LevelChain& chain,
                         const std::map<FindingId, std::string>& saliency = {});
std::string measurementsJson(const std::vector<Measurement>& measurements, const LevelChain& chain);
/// One row a measurement, RFC 4180, a header line; empty cells where there is no value.
std::string measurementsCsv(const std::vector<Measurement>& measurements, const LevelChain& chain);
std::string levelsJson(const LevelChain& chain);

struct RunWarning {
  std::string code, text;
  std::vector<std::string> arguments;
};
struct RunModel {
  std::string name, version, sha256;
};
/// How a result was made: run.json, written last.
struct RunRecord {
  std::string inputDigest, inputName, seriesUid;
  std::string programName = "spondyl-cli", programVersion;
  std::vector<RunModel> models;
  std::string device = "cpu", precision = "float32";
  int threads = 1;
  std::vector<std::pair<std::string, double>> stages; ///< name, seconds, in order
  double peakMemoryMiB = 0;
  std::string started, finished; ///< ISO 8601 UTC
  std::vector<RunWarning> warnings;
};
std::string runJson(const RunRecord& run);

} // namespace spondyl

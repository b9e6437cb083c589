#pragma once
// What analyze says about several inputs at once: summary.csv, and which of their results are complete.

#include "core/base/file.h"
#include "core/base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace spondyl::app {

/// What became of one input of analyze.
struct AnalyzeOutcome {
  std::string input;          ///< as it was named
  Path folder;                ///< of the study's result; empty: refused before it had a name
  bool skipped = false;       ///< --resume found it complete
  std::optional<Error> error; ///< none: the result is complete
};

/// A study's folder with a whole run.json, which is written last.
bool isCompleteResult(const Path& folder);

/// RFC 4180 with a header line: one row an input, in their order. What a result says (names, findings, time)
/// is read from its files; a refused input has its exit code and sentence.
std::string summaryCsv(const std::vector<AnalyzeOutcome>& outcomes);

/// Inputs of a list file: one a line; empty lines and lines that begin with '#' are none.
/// Errors: those of reading; Usage when it names no input.
Result<std::vector<std::string>> readInputList(const Path& file);

} // namespace spondyl::app

#pragma once
// Figures over cases, each with its interval; and the three files that say them.

#include "core/validate/bootstrap.h"
#include "core/validate/compare.h"

namespace spondyl {

struct Figure {
  std::string id;   ///< "dice.vertebra"
  std::string unit; ///< UCUM: "1", "mm", "%", "/case"
  std::string text; ///< what it is, in words
  Estimate estimate;
};

/// What was compared with what, and how.
struct Validation {
  std::string created, programVersion;
  std::string truth, predictions; ///< names of the folders
  std::string labelScheme;        ///< of the reference's numbers
  bool bodiesOnly = false;
  BootstrapOptions bootstrap;
  std::vector<CaseResult> cases;
  struct Failure {
    std::string name, code, text;
  };
  std::vector<Failure> failed;     ///< references that could not be compared, with the reason
  std::vector<std::string> unused; ///< predictions that no reference asks about
};

/// Every figure that the cases allow; those of which nothing was counted are left out.
std::vector<Figure> figuresOf(const std::vector<CaseResult>& cases, const BootstrapOptions& options);

std::string validationJson(const Validation& validation); ///< spondyl.validation/1
std::string validationCsv(const Validation& validation); ///< one line a structure and an unmatched prediction
std::string validationMarkdown(const Validation& validation);

} // namespace spondyl

#pragma once
// One case: what was predicted against what a reference says, structure by structure. Numbers are those of
// codes.csv; 900 + n and 1000 + n are vertebrae and discs without a name.

#include "core/validate/masks.h"

#include <optional>
#include <string>

namespace spondyl {

enum class StructureKind : std::uint8_t { Vertebra, Sacrum, Disc, Other };
const char* structureKindName(StructureKind kind); ///< "vertebra", "sacrum", "disc", "other"
StructureKind structureKindOf(int label);
/// "L3", "L3-L4", "V2" for 902; the number where codes.csv has none.
std::string structureNameOf(int label);

/// Right: the reference's name; Abstained: left without a name; None: not found, or no name to give (discs
/// …).
enum class NameVerdict : std::uint8_t { None, Right, Wrong, Abstained };
const char* nameVerdictName(NameVerdict verdict); ///< "right", "wrong", "abstained", ""

/// Two maps of one grid. `parts` (49 body, 41 posterior elements) may be empty, or hold no 49: not known.
struct LabelledCase {
  LabelArray labels;
  std::vector<std::uint16_t> parts;
};

struct CompareOptions {
  /// The reference's vertebrae are bodies alone: the prediction's bodies are compared, and no sacrum.
  bool bodiesOnly = false;
  /// Confidence of the predicted names by number; empty: not known.
  std::map<int, double> confidence;
};

/// A structure of the reference.
struct StructureResult {
  int label = 0;
  StructureKind kind = StructureKind::Other;
  bool whole = true; ///< the reference does not touch the edge of the grid
  int predicted = 0; ///< number of the prediction paired with it; 0: none
  bool found = false;
  double dice = 0;      ///< with the paired prediction; 0 without
  double labelDice = 0; ///< with the prediction of the same number
  std::optional<double> bodyDice;
  std::optional<double> centroidMm; ///< body to body where both know it, else whole to whole; found ones
  std::optional<double> meanSurfaceMm, hausdorff95Mm; ///< found ones
  NameVerdict name = NameVerdict::None;
  std::optional<double> confidence; ///< of the predicted name
  double referenceMl = 0, predictedMl = 0;
};

/// A predicted vertebra or disc that is no structure of the reference.
struct UnmatchedResult {
  int label = 0;
  StructureKind kind = StructureKind::Vertebra;
  double ml = 0;
  /// Beyond the first or last vertebra that the reference labels: such a reference cannot say that it is
  /// wrong.
  bool beyond = false;
};

struct CaseResult {
  std::string name;
  std::vector<StructureResult> structures; ///< by label
  std::vector<UnmatchedResult> unmatched;
  std::optional<double> unionDice;     ///< all vertebrae together, without what lies beyond; no sacrum
  std::optional<double> unionBodyDice; ///< the same of bodies
  std::vector<std::string> notes;
};

/// Vertebrae (and the sacrum) are paired one to one by overlap, whatever they are called, and so are discs:
/// the pair of largest Dice first. From a Dice of 0.5 a structure counts as found; a predicted one that is
/// paired with no more than 0.2 is unmatched. Kinds that the reference does not hold are not judged. Where
/// the reference has the canal 61 alone, predicted cord and CSF are part of it. Errors: GridMismatch.
Result<CaseResult> compareCase(const std::string& name, const LabelledCase& reference, LabelledCase predicted,
                               const CompareOptions& options = {});

} // namespace spondyl

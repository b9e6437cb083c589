#pragma once
// resources/codes.csv, compiled in: label numbers, coded names (SNOMED CT), colours, other tools' numbers.

#include "core/anatomy/level.h"
#include "core/anatomy/part.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace spondyl {

struct CodedConcept {
  std::string scheme, value, meaning; ///< DICOM: coding scheme designator, code value (text), code meaning
  bool operator==(const CodedConcept&) const = default;
};

struct CodeRow {
  int label = 0;
  std::string kind, shortName, name;
  CodedConcept category, type;
  std::optional<CodedConcept> modifier; ///< laterality
  std::array<std::uint8_t, 3> rgb{};
  std::array<std::uint16_t, 3> cielab{}; ///< as DICOM encodes it (0062,000D)
  std::optional<int> totalSegmentator, totalSpineSeg;
};

/// Every row, in the file's order.
std::span<const CodeRow> codeTable();
/// nullptr if the number is not in the table.
const CodeRow* codeForLabel(int label);
/// Label numbers of other tools to ours; nullopt if outside their table. TotalSegmentator 25 and 26 are both
/// the sacrum.
std::optional<int> labelFromTotalSegmentator(int number);
std::optional<int> labelFromTotalSpineSeg(int number);

constexpr int labelOf(Level level) {
  return static_cast<int>(level);
}
constexpr int discLabelBelow(Level above) {
  return 100 + static_cast<int>(above);
}
/// Vertebra n (1-based, from above) that has no name yet is 900 + n, its disc 1000 + n.
constexpr int unnamedLabel(int n) {
  return 900 + n;
}
constexpr int unnamedDiscLabel(int n) {
  return 1000 + n;
}
/// Colour of an unnamed vertebra: the cycle of label colours by its place in the chain.
std::array<std::uint8_t, 3> colourOfUnnamed(int n);

} // namespace spondyl

#include "core/anatomy/codes.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace spondyl {
namespace {

constexpr const char* csvText =
#include "codes_csv.inc"
    ;

std::vector<std::string> splitCsvLine(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::vector<CodeRow> parse() {
  std::vector<CodeRow> rows;
  std::string_view rest = csvText;
  for (bool header = true; !rest.empty(); header = false) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    if (header || line.empty())
      continue;
    const auto f = splitCsvLine(line);
    if (f.size() < 21)
      continue;
    CodeRow row;
    row.label = number(f[0]).value_or(0);
    row.kind = f[1];
    row.shortName = f[2];
    row.name = f[3];
    row.category = {f[4], f[5], f[6]};
    row.type = {f[7], f[8], f[9]};
    if (!f[11].empty())
      row.modifier = CodedConcept{f[10], f[11], f[12]};
    for (std::size_t c = 0; c < 3; ++c)
      row.rgb[c] = static_cast<std::uint8_t>(number(f[13 + c]).value_or(0));
    for (std::size_t c = 0; c < 3; ++c)
      row.cielab[c] = static_cast<std::uint16_t>(number(f[16 + c]).value_or(0));
    row.totalSegmentator = number(f[19]);
    row.totalSpineSeg = number(f[20]);
    rows.push_back(std::move(row));
  }
  return rows;
}

const std::vector<CodeRow>& table() {
  static const std::vector<CodeRow> rows = parse();
  return rows;
}

} // namespace

std::span<const CodeRow> codeTable() {
  return table();
}

const CodeRow* codeForLabel(int label) {
  const auto it =
      std::find_if(table().begin(), table().end(), [&](const CodeRow& r) { return r.label == label; });
  return it == table().end() ? nullptr : &*it;
}

std::optional<int> labelFromTotalSegmentator(int number) {
  if (number == 26)
    return labelOf(Level::Sacrum); // S1: a part of the sacrum there
  const auto it = std::find_if(table().begin(), table().end(),
                               [&](const CodeRow& r) { return r.totalSegmentator == number; });
  return it == table().end() ? std::nullopt : std::optional(it->label);
}

std::optional<int> labelFromTotalSpineSeg(int number) {
  const auto it = std::find_if(table().begin(), table().end(),
                               [&](const CodeRow& r) { return r.totalSpineSeg == number; });
  return it == table().end() ? std::nullopt : std::optional(it->label);
}

std::array<std::uint8_t, 3> colourOfUnnamed(int n) {
  // The vertebral cycle has seven colours and begins at C1.
  const CodeRow* row = codeForLabel(1 + (std::max(1, n) - 1) % 7);
  return row ? row->rgb : std::array<std::uint8_t, 3>{128, 128, 128};
}

} // namespace spondyl

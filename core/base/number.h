#pragma once
// Numbers as people and files write them: always with a point, whatever the system's language.

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace spondyl {

/// The whole text as a finite number; blanks around it and one leading '+' are allowed.
inline std::optional<double> finiteNumber(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  if (!text.empty() && text.front() == '+' && !text.starts_with("+-"))
    text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

} // namespace spondyl

#pragma once
// Numbers and cells as text, the same in every locale.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spondyl {

/// "27.1"; a minus sign that is none ("-0.0") is dropped.
std::string fixed(double value, int decimals);
/// With sign: "+3.2", "-1.0", "0.0".
std::string fixedSigned(double value, int decimals);
/// "HU", "°", "cm³" for people, from UCUM.
std::string unitForPeople(std::string_view ucum);
/// One RFC 4180 line with its line end. Cells that a spreadsheet would run as a formula get an apostrophe.
std::string csvLine(const std::vector<std::string>& cells);
/// &, <, >, " and ' as entities; control characters dropped.
std::string escapeHtml(std::string_view text);

} // namespace spondyl

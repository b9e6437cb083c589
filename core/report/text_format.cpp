#include "core/report/text_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace spondyl {

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value))
    return {};
  char buffer[64];
  const auto [end, error] =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  if (error != std::errc{})
    return {};
  std::string out(buffer, end);
  if (out.front() == '-' && out.find_first_not_of("-0.") == std::string::npos)
    out.erase(0, 1);
  return out;
}

std::string fixedSigned(double value, int decimals) {
  const std::string out = fixed(value, decimals);
  const bool isZero = out.find_first_not_of("0.") == std::string::npos;
  return value > 0 && !isZero ? "+" + out : out;
}

std::string unitForPeople(std::string_view ucum) {
  if (ucum == "[hnsf'U]")
    return "HU";
  if (ucum == "deg")
    return "°";
  if (ucum == "cm3")
    return "cm³";
  if (ucum == "mm2")
    return "mm²";
  if (ucum == "1")
    return {};
  return std::string(ucum);
}

namespace {
bool isNumber(const std::string& s) {
  double value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  return error == std::errc{} && end == s.data() + s.size();
}
} // namespace

std::string csvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t n = 0; n < cells.size(); ++n) {
    if (n > 0)
      line += ',';
    std::string cell = cells[n];
    if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos &&
        !isNumber(cell))
      cell.insert(0, 1, '\'');
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) {
      if (c == '"')
        line += '"';
      line += c;
    }
    line += '"';
  }
  return line + "\r\n";
}

std::string escapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
        out += c;
    }
  }
  return out;
}

} // namespace spondyl

// Typed reading of the kept attributes of a header.
#include "core/base/number.h"
#include "core/dicom/walk.h"

#include <bit>
#include <cmath>

namespace spondyl::dicom {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\0' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  return text;
}

// Some devices write a decimal comma.
std::optional<double> parseDecimal(std::string text) {
  for (char& c : text)
    if (c == ',')
      c = '.';
  return finiteNumber(text);
}

} // namespace

std::uint16_t readU16(const std::byte* b, bool bigEndian) {
  const auto low = std::to_integer<unsigned>(b[bigEndian ? 1 : 0]),
             high = std::to_integer<unsigned>(b[bigEndian ? 0 : 1]);
  return static_cast<std::uint16_t>(low | (high << 8));
}

std::uint32_t readU32(const std::byte* b, bool bigEndian) {
  const std::uint32_t first = readU16(b, bigEndian), second = readU16(b + 2, bigEndian);
  return bigEndian ? (first << 16) | second : (second << 16) | first;
}

std::string DicomHeader::text(tag::Tag t) const {
  const auto at = values.find(t);
  return at == values.end() ? std::string() : std::string(trimmed(at->second));
}

std::vector<std::string> DicomHeader::texts(tag::Tag t) const {
  const std::string whole = text(t);
  std::vector<std::string> parts;
  if (whole.empty())
    return parts;
  std::size_t begin = 0;
  while (begin <= whole.size()) {
    const std::size_t end = std::min(whole.find('\\', begin), whole.size());
    parts.emplace_back(trimmed(std::string_view(whole).substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

std::vector<double> DicomHeader::numbers(tag::Tag t) const {
  std::vector<double> out;
  for (const std::string& part : texts(t)) {
    const auto value = parseDecimal(part);
    if (!value)
      return {};
    out.push_back(*value);
  }
  return out;
}

std::optional<double> DicomHeader::number(tag::Tag t) const {
  const auto all = numbers(t);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

std::optional<int> DicomHeader::integer(tag::Tag t) const {
  const auto value = number(t);
  if (!value || std::abs(*value) > 2e9)
    return std::nullopt;
  return static_cast<int>(std::lround(*value));
}

std::optional<std::uint16_t> DicomHeader::us(tag::Tag t) const {
  const auto at = values.find(t);
  if (at == values.end() || at->second.size() < 2)
    return std::nullopt;
  return readU16(reinterpret_cast<const std::byte*>(at->second.data()), bigEndian);
}

std::vector<std::uint32_t> DicomHeader::longs(tag::Tag t) const {
  std::vector<std::uint32_t> out;
  const auto at = values.find(t);
  for (std::size_t k = 0; at != values.end() && k + 4 <= at->second.size(); k += 4)
    out.push_back(readU32(reinterpret_cast<const std::byte*>(at->second.data()) + k, bigEndian));
  return out;
}

std::vector<double> DicomHeader::doubles(tag::Tag t) const {
  std::vector<double> out;
  const auto words = longs(t);
  for (std::size_t k = 0; k + 2 <= words.size(); k += 2) {
    const std::uint64_t low = words[bigEndian ? k + 1 : k], high = words[bigEndian ? k : k + 1];
    out.push_back(std::bit_cast<double>((high << 32) | low));
    if (!std::isfinite(out.back()))
      return {};
  }
  return out;
}

Result<ByteSource> DicomHeader::source() const {
  if (inflated)
    return ByteSource::fromMemory(inflated);
  return ByteSource::open(path);
}

} // namespace spondyl::dicom

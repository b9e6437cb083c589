#include "core/formats/nrrd_fields.h"

#include "core/base/number.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace spondyl {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

} // namespace

std::optional<FileType> nrrdType(const std::string& word) {
  static const std::map<std::string, FileType> types{
      {"signed char", FileType::Int8},
      {"int8", FileType::Int8},
      {"int8_t", FileType::Int8},
      {"uchar", FileType::UInt8},
      {"unsigned char", FileType::UInt8},
      {"uint8", FileType::UInt8},
      {"uint8_t", FileType::UInt8},
      {"short", FileType::Int16},
      {"short int", FileType::Int16},
      {"signed short", FileType::Int16},
      {"signed short int", FileType::Int16},
      {"int16", FileType::Int16},
      {"int16_t", FileType::Int16},
      {"ushort", FileType::UInt16},
      {"unsigned short", FileType::UInt16},
      {"unsigned short int", FileType::UInt16},
      {"uint16", FileType::UInt16},
      {"uint16_t", FileType::UInt16},
      {"int", FileType::Int32},
      {"signed int", FileType::Int32},
      {"int32", FileType::Int32},
      {"int32_t", FileType::Int32},
      {"uint", FileType::UInt32},
      {"unsigned int", FileType::UInt32},
      {"uint32", FileType::UInt32},
      {"uint32_t", FileType::UInt32},
      {"longlong", FileType::Int64},
      {"long long", FileType::Int64},
      {"long long int", FileType::Int64},
      {"signed long long", FileType::Int64},
      {"signed long long int", FileType::Int64},
      {"int64", FileType::Int64},
      {"int64_t", FileType::Int64},
      {"ulonglong", FileType::UInt64},
      {"unsigned long long", FileType::UInt64},
      {"unsigned long long int", FileType::UInt64},
      {"uint64", FileType::UInt64},
      {"uint64_t", FileType::UInt64},
      {"float", FileType::Float32},
      {"double", FileType::Float64},
  };
  const auto found = types.find(lower(word));
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::vector<std::vector<double>>> nrrdVectors(const std::string& text) {
  std::vector<std::vector<double>> out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ' || text[at] == '\t') {
      ++at;
    } else if (lower(text.substr(at, 4)) == "none") {
      out.emplace_back();
      at += 4;
    } else {
      const std::size_t end = text.find(')', at);
      if (text[at] != '(' || end == std::string::npos || out.size() > 16)
        return std::nullopt;
      std::vector<double> vector;
      std::istringstream words(text.substr(at + 1, end - at - 1));
      for (std::string word; std::getline(words, word, ',');) {
        const auto value = finiteNumber(word);
        if (!value)
          return std::nullopt;
        vector.push_back(*value);
      }
      if (vector.empty())
        return std::nullopt;
      out.push_back(std::move(vector));
      at = end + 1;
    }
  }
  return out;
}

std::optional<std::vector<std::int64_t>> nrrdWholeNumbers(const std::string& text) {
  std::vector<std::int64_t> out;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size())
      return std::nullopt;
    out.push_back(value);
  }
  return out;
}

std::optional<std::array<double, 3>> nrrdToLps(const std::string& space) {
  const std::string word = lower(space);
  if (word == "left-posterior-superior" || word == "lps")
    return std::array{1.0, 1.0, 1.0};
  if (word == "right-anterior-superior" || word == "ras")
    return std::array{-1.0, -1.0, 1.0};
  if (word == "left-anterior-superior" || word == "las")
    return std::array{1.0, -1.0, 1.0};
  return std::nullopt;
}

std::optional<std::array<double, 3>> nrrdUnits(const std::string& text) {
  static const std::map<std::string, double> lengths{
      {"", 1.0},        {"mm", 1.0},       {"millimeter", 1.0}, {"millimetre", 1.0},
      {"cm", 10.0},     {"m", 1000.0},     {"um", 1e-3},        {"\xc2\xb5m", 1e-3},
      {"micron", 1e-3}, {"microns", 1e-3}, {"\xce\xbcm", 1e-3}, {"millimeters", 1.0}};
  std::array<double, 3> out{1, 1, 1};
  std::size_t at = 0;
  for (double& scale : out) {
    const std::size_t open = text.find('"', at);
    const std::size_t close = open == std::string::npos ? open : text.find('"', open + 1);
    if (close == std::string::npos)
      return std::nullopt;
    const auto found = lengths.find(lower(text.substr(open + 1, close - open - 1)));
    if (found == lengths.end())
      return std::nullopt;
    scale = found->second;
    at = close + 1;
  }
  return out;
}

} // namespace spondyl

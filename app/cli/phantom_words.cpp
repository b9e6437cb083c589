#include "app/cli/phantom_words.h"

#include <charconv>
#include <cstdlib>
#include <vector>

namespace spondyl::app {
namespace {

std::vector<std::string> splitAt(const std::string& word, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : word) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::optional<double> number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0')
    return std::nullopt;
  return value;
}

Error wrong(const std::string& option, const std::string& word, const std::string& example) {
  return fail(ErrorCode::Usage,
              {option + " " + word + " is not understood", "For example: " + option + " " + example});
}

} // namespace

Status parseLevelRange(const std::string& word, PhantomOptions& options) {
  const auto parts = splitAt(word, '-');
  if (parts.size() != 2)
    return wrong("--levels", word, "T10-S1");
  const auto from = levelFromName(parts[0]), to = levelFromName(parts[1]);
  if (!from || !to || rank(*from) > rank(*to))
    return wrong("--levels", word, "T10-S1");
  options.from = *from;
  options.to = *to;
  return {};
}

Result<FractureRequest> parseFracture(const std::string& word) {
  const auto parts = splitAt(word, ':');
  const Error error =
      wrong("--fracture", word, "L1:wedge:35 (wedge, biconcave or crush; percent of height lost)");
  if (parts.size() != 3)
    return error;
  const auto level = levelFromName(parts[0]);
  const auto percent = number(parts[2]);
  if (!level || !percent)
    return error;
  FractureRequest request{*level, FractureShape::Wedge, *percent};
  if (parts[1] == "biconcave")
    request.shape = FractureShape::Biconcave;
  else if (parts[1] == "crush")
    request.shape = FractureShape::Crush;
  else if (parts[1] != "wedge")
    return error;
  return request;
}

Result<SlipRequest> parseSlip(const std::string& word) {
  const auto parts = splitAt(word, ':');
  const Error error = wrong("--slip", word, "L4:25 (percent, anterior positive)");
  if (parts.size() != 2)
    return error;
  const auto level = levelFromName(parts[0]);
  const auto percent = number(parts[1]);
  if (!level || !percent)
    return error;
  return SlipRequest{*level, *percent};
}

Result<AnatomyVariant> parseAnatomy(const std::string& word) {
  if (word == "none")
    return AnatomyVariant::None;
  if (word == "l6")
    return AnatomyVariant::L6;
  if (word == "t13")
    return AnatomyVariant::T13;
  if (word == "t11")
    return AnatomyVariant::T11;
  if (word == "l4")
    return AnatomyVariant::L4;
  if (word == "cervical-rib")
    return AnatomyVariant::CervicalRib;
  return wrong("--anatomy", word, "l6 (l6, t13, t11, l4, cervical-rib or none)");
}

} // namespace spondyl::app

#include "app/wording/fill.h"

namespace spondyl::app {

std::string fill(std::string pattern, const std::vector<std::string>& arguments) {
  // One pass over the pattern, so that braces inside an argument (a file's name) stay what they are.
  std::string out;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const bool mark = pattern[at] == '{' && at + 2 < pattern.size() && pattern[at + 2] == '}' &&
                      pattern[at + 1] >= '0' && pattern[at + 1] <= '3';
    if (!mark) {
      out += pattern[at];
      continue;
    }
    const std::size_t index = std::size_t(pattern[at + 1] - '0');
    out += index < arguments.size() && !arguments[index].empty() ? arguments[index] : "?";
    at += 2;
  }
  return out;
}

} // namespace spondyl::app

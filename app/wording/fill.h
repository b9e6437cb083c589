#pragma once

#include <string>
#include <vector>

namespace spondyl::app {

/// Replaces {0} … {3} in a pattern by the arguments; a missing or empty one becomes "?".
std::string fill(std::string pattern, const std::vector<std::string>& arguments);

} // namespace spondyl::app

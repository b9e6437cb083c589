#pragma once

#include <string>

namespace CLI {
class App;
}

namespace spondyl::app {

/// For words that could not be parsed: "Did you mean --out?", or which command's help to read.
std::string suggestion(const CLI::App& app, int argc, char** argv);

/// Number of single-character edits between two words.
int editDistance(const std::string& a, const std::string& b);

} // namespace spondyl::app

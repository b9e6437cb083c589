#include "app/cli/suggest.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>

namespace spondyl::app {

int editDistance(const std::string& a, const std::string& b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = int(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row.back();
}

namespace {

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  int bestDistance = std::max(2, int(word.size()) / 3) + 1;
  for (const std::string& candidate : known) {
    const int d = editDistance(word, candidate);
    if (d < bestDistance) {
      bestDistance = d;
      best = candidate;
    }
  }
  return best;
}

} // namespace

std::string suggestion(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> commands;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(sub->get_name());
  const std::string command = argc > 1 ? argv[1] : "";
  const auto chosen = std::find(commands.begin(), commands.end(), command);
  if (chosen == commands.end()) {
    const std::string near = nearest(command, commands);
    if (!near.empty())
      return "Did you mean spondyl-cli " + near + "?";
    return "The commands are: " + CLI::detail::join(commands, ", ") + ".";
  }
  std::vector<std::string> options;
  const CLI::App* sub = app.get_subcommand(command);
  for (const CLI::Option* option : sub->get_options())
    for (const std::string& name : option->get_lnames())
      options.push_back("--" + name);
  for (int a = 2; a < argc; ++a) {
    const std::string word = std::string(argv[a]).substr(0, std::string(argv[a]).find('='));
    if (word.rfind("--", 0) != 0 || std::find(options.begin(), options.end(), word) != options.end())
      continue;
    const std::string near = nearest(word, options);
    if (!near.empty())
      return "Did you mean " + near + "?";
  }
  return "See spondyl-cli " + command + " --help.";
}

} // namespace spondyl::app

#include "app/cli/summary.h"

#include "app/wording/error_text.h"
#include "core/report/text_format.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

namespace spondyl::app {
namespace {

using Json = nlohmann::json;

/// The document of a result's file; null when it is not there or not what it should be.
Json documentIn(const Path& folder, const char* name, const char* schema) {
  const auto text = readFile(folder / name);
  if (!text)
    return nullptr;
  Json document = Json::parse(*text, nullptr, false);
  if (!document.is_object() || !document.contains("schema") || document["schema"] != schema)
    return nullptr;
  return document;
}

std::string textOf(const Json& item, const char* name) {
  const auto at = item.find(name);
  return at != item.end() && at->is_string() ? at->get<std::string>() : std::string();
}

const Json& listOf(const Json& document, const char* name) {
  static const Json none = Json::array();
  const auto at = document.is_object() ? document.find(name) : document.end();
  return at != document.end() && at->is_array() ? *at : none;
}

void append(std::string& words, const std::string& word) {
  if (!words.empty())
    words += ' ';
  words += word;
}

/// "T12 L1 L2", "V1 V2" where there are no names.
std::string levelWords(const Json& levels) {
  std::string words;
  int place = 0;
  for (const Json& level : listOf(levels, "levels")) {
    ++place;
    const std::string name = textOf(level, "name");
    append(words, name.empty() ? "V" + std::to_string(place) : name);
  }
  return words;
}

/// "L1:fracture:2" for each finding with a grade.
std::string findingWords(const Json& findings) {
  std::string words;
  for (const Json& finding : listOf(findings, "findings")) {
    if (!finding.contains("grade") || !finding["grade"].is_number_integer())
      continue;
    const std::string level = textOf(finding, "level");
    append(words, (level.empty() ? textOf(finding, "vertebra") : level) + ":" + textOf(finding, "kind") +
                      ":" + std::to_string(finding["grade"].get<int>()));
  }
  return words;
}

/// Of the whole run: stages within a stage ("segment: decode") are not counted twice.
std::string secondsOf(const Json& run) {
  double sum = 0;
  for (const Json& stage : listOf(run, "stages"))
    if (textOf(stage, "name").find(':') == std::string::npos && stage["seconds"].is_number())
      sum += stage["seconds"].get<double>();
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", sum);
  return text;
}

std::vector<std::string> row(const AnalyzeOutcome& outcome) {
  const std::string folder = outcome.folder.filename().string();
  if (outcome.error)
    return {outcome.input,
            folder,
            "refused",
            std::to_string(exitCodeFor(*outcome.error)),
            errorCodeName(outcome.error->code),
            errorSentence(*outcome.error),
            "",
            "",
            "",
            "",
            "",
            ""};
  const Json levels = documentIn(outcome.folder, "levels.json", "spondyl.levels/1");
  const Json run = documentIn(outcome.folder, "run.json", "spondyl.run/1");
  const Json findings = documentIn(outcome.folder, "findings.json", "spondyl.findings/1");
  return {outcome.input,
          folder,
          outcome.skipped ? "skipped" : "complete",
          "0",
          "",
          "",
          levels.is_object() ? textOf(levels, "naming") : "",
          levels.is_object() ? textOf(levels, "anchor") : "",
          levelWords(levels),
          findingWords(findings),
          std::to_string(listOf(run, "warnings").size()),
          secondsOf(run)};
}

} // namespace

bool isCompleteResult(const Path& folder) {
  return documentIn(folder, "run.json", "spondyl.run/1").is_object();
}

std::string summaryCsv(const std::vector<AnalyzeOutcome>& outcomes) {
  std::string out = csvLine({"input", "folder", "status", "exit_code", "error", "message", "naming", "anchor",
                             "levels", "findings", "warnings", "seconds"});
  for (const AnalyzeOutcome& outcome : outcomes)
    out += csvLine(row(outcome));
  return out;
}

Result<std::vector<std::string>> readInputList(const Path& file) {
  SPONDYL_TRY(const std::string text, readFile(file));
  std::vector<std::string> inputs;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto begin = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
    if (begin == std::string::npos || line[begin] == '#')
      continue;
    inputs.push_back(line.substr(begin, end - begin + 1));
  }
  if (inputs.empty())
    return fail(ErrorCode::Usage,
                {"--list " + file.string() + " names no input", "It holds one path a line."},
                "readInputList");
  return inputs;
}

} // namespace spondyl::app

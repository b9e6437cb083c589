// spondyl-schema-check SCHEMAS FILE...: says what in each JSON file is not as the schema that it names
// promises.
#include "tests/support/json_schema.h"

#include <cstdio>
#include <iterator>

namespace {

/// "info" of a document that begins {"schema": "spondyl.info/1"; empty when it says no such thing.
std::string schemaNameOf(const std::string& text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("schema") || !document["schema"].is_string())
    return {};
  const std::string id = document["schema"].get<std::string>();
  const auto slash = id.find('/');
  return id.rfind("spondyl.", 0) == 0 && slash != std::string::npos ? id.substr(8, slash - 8) : std::string();
}

} // namespace

int main(int argc, char** argv) {
  int bad = 0;
  for (int n = 2; n < argc; ++n) {
    std::ifstream file(argv[n]);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string name = schemaNameOf(text);
    const auto problems = name.empty() ? std::vector<std::string>{"names no schema"}
                                       : spondyl::test::schemaProblems(argv[1], name, text);
    for (const std::string& problem : problems)
      std::printf("%s: %s\n", argv[n], problem.c_str());
    bad += problems.empty() ? 0 : 1;
  }
  return argc < 3 || bad > 0 ? 1 : 0;
}

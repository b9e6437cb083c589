#pragma once
// The committed tables of what independent readers see (see reference/make_reference.py).

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace spondyl::test {

using Row = std::map<std::string, std::string>;

inline std::vector<std::string> splitAt(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(line);
  for (std::string part; std::getline(stream, part, separator);)
    parts.push_back(part);
  return parts;
}

inline std::vector<Row> referenceTable(const std::string& name) {
  std::ifstream file(std::filesystem::path(SPONDYL_REFERENCE_FOLDER) / (name + ".csv"));
  REQUIRE(file);
  std::string line;
  std::getline(file, line);
  const auto head = splitAt(line, ',');
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    auto parts = splitAt(line, ',');
    parts.resize(head.size());
    Row& row = rows.emplace_back();
    for (std::size_t c = 0; c < head.size(); ++c)
      row[head[c]] = parts[c];
  }
  return rows;
}

} // namespace spondyl::test

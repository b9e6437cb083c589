#include "core/anatomy/level.h"

#include <algorithm>
#include <cctype>

namespace spondyl {

int rank(Level level) {
  const int n = static_cast<int>(level);
  if (level == Level::T13)
    return 19;
  return n <= 19 ? n - 1 : n; // L1 = 20 has rank 20 because T13 takes rank 19
}

Region region(Level level) {
  if (level == Level::T13)
    return Region::Thoracic;
  if (level <= Level::C7)
    return Region::Cervical;
  if (level <= Level::T12)
    return Region::Thoracic;
  if (level <= Level::L6)
    return Region::Lumbar;
  return Region::Sacral;
}

std::string levelName(Level level) {
  const int n = static_cast<int>(level);
  if (level == Level::T13)
    return "T13";
  if (level == Level::Sacrum)
    return "S1";
  if (level == Level::Coccyx)
    return "COC";
  if (n <= 7)
    return "C" + std::to_string(n);
  if (n <= 19)
    return "T" + std::to_string(n - 7);
  return "L" + std::to_string(n - 19);
}

std::optional<Level> levelFromName(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return char(std::toupper(c)); });
  if (upper == "SAC" || upper == "SACRUM" || upper == "S")
    return Level::Sacrum;
  for (const Level level : allLevels())
    if (levelName(level) == upper)
      return level;
  return std::nullopt;
}

std::optional<Level> levelFromLabel(int label) {
  if (label < 1 || label > 28)
    return std::nullopt;
  return static_cast<Level>(label);
}

const std::vector<Level>& allLevels() {
  static const std::vector<Level> levels = [] {
    std::vector<Level> all;
    for (int n = 1; n <= 28; ++n)
      all.push_back(static_cast<Level>(n));
    std::sort(all.begin(), all.end(), [](Level a, Level b) { return rank(a) < rank(b); });
    return all;
  }();
  return levels;
}

std::optional<Level> usualNext(Level level) {
  if (level == Level::Coccyx)
    return std::nullopt;
  if (level == Level::T12 || level == Level::T13)
    return Level::L1;
  if (level == Level::L5 || level == Level::L6)
    return Level::Sacrum;
  return static_cast<Level>(static_cast<int>(level) + 1);
}

std::optional<Level> usualPrevious(Level level) {
  if (level == Level::C1)
    return std::nullopt;
  if (level == Level::L1 || level == Level::T13)
    return Level::T12;
  if (level == Level::Sacrum)
    return Level::L5;
  return static_cast<Level>(static_cast<int>(level) - 1);
}

std::string discName(Level above, Level below) {
  return levelName(above) + "/" + levelName(below);
}

} // namespace spondyl

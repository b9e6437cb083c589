#pragma once
// Names of spinal levels. The enumerators' values are the label numbers of codes.csv (VerSe / TPTBox), which
// exist only at import and export: order by rank(), never by number (T13 is 28 and lies between T12 and L1).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spondyl {

enum class Level : std::uint8_t {
  C1 = 1,
  C2,
  C3,
  C4,
  C5,
  C6,
  C7,
  T1 = 8,
  T2,
  T3,
  T4,
  T5,
  T6,
  T7,
  T8,
  T9,
  T10,
  T11,
  T12,
  L1 = 20,
  L2,
  L3,
  L4,
  L5,
  L6,
  Sacrum = 26,
  Coccyx = 27,
  T13 = 28,
};

enum class Region : std::uint8_t { Cervical, Thoracic, Lumbar, Sacral };

/// Position from cranial to caudal: C1 = 0 … C7 = 6, T1 = 7 … T12 = 18, T13 = 19, L1 = 20 … L6 = 25, sacrum
/// 26, coccyx 27.
int rank(Level level);
Region region(Level level);
/// "C1", "T13", "L6"; the sacrum is "S1" where it is named as a level of measurements and "SAC" as a
/// structure.
std::string levelName(Level level);
std::optional<Level>
levelFromName(std::string_view name);           ///< also "S1", "SAC", "sacrum"; upper or lower case
std::optional<Level> levelFromLabel(int label); ///< 1..28
/// All levels from cranial to caudal, T13 and L6 included.
const std::vector<Level>& allLevels();
/// The level that usually follows: C7 to T1, T12 to L1, L5 to sacrum; nullopt after the coccyx.
std::optional<Level> usualNext(Level level);
std::optional<Level> usualPrevious(Level level);
/// "L4/L5", from the two vertebrae that are really there (T12/T13, L4/S1 … are possible).
std::string discName(Level above, Level below);

} // namespace spondyl

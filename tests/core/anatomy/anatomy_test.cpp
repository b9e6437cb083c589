#include "core/anatomy/codes.h"

#include <catch2/catch.hpp>
#include <set>

using namespace spondyl;

TEST_CASE("levels are ordered from the head down, T13 between T12 and L1") {
  const auto& all = allLevels();
  REQUIRE(all.size() == 28);
  for (std::size_t n = 0; n < all.size(); ++n)
    CHECK(rank(all[n]) == int(n));
  CHECK(rank(Level::T12) < rank(Level::T13));
  CHECK(rank(Level::T13) < rank(Level::L1));
  CHECK(rank(Level::L6) < rank(Level::Sacrum));
  CHECK(region(Level::C7) == Region::Cervical);
  CHECK(region(Level::T1) == Region::Thoracic);
  CHECK(region(Level::T13) == Region::Thoracic);
  CHECK(region(Level::L1) == Region::Lumbar);
  CHECK(region(Level::L6) == Region::Lumbar);
  CHECK(region(Level::Sacrum) == Region::Sacral);
}

TEST_CASE("names and numbers of levels lead to each other") {
  for (const Level level : allLevels()) {
    CHECK(levelFromName(levelName(level)) == level);
    CHECK(levelFromLabel(labelOf(level)) == level);
  }
  CHECK(levelName(Level::C1) == "C1");
  CHECK(levelName(Level::T13) == "T13");
  CHECK(levelName(Level::L6) == "L6");
  CHECK(levelName(Level::Sacrum) == "S1");
  CHECK(levelFromName("t12") == Level::T12);
  CHECK(levelFromName("SAC") == Level::Sacrum);
  CHECK(levelFromName("sacrum") == Level::Sacrum);
  CHECK(!levelFromName("T14"));
  CHECK(!levelFromName(""));
  CHECK(!levelFromLabel(0));
  CHECK(!levelFromLabel(29));
  CHECK(discName(Level::T12, Level::T13) == "T12/T13");
  CHECK(discName(Level::L4, Level::Sacrum) == "L4/S1");
}

TEST_CASE("the usual sequence leaves out T13 and L6") {
  std::string down;
  for (std::optional<Level> level = Level::C1; level; level = usualNext(*level))
    down += levelName(*level) + " ";
  CHECK(down == "C1 C2 C3 C4 C5 C6 C7 T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 L1 L2 L3 L4 L5 S1 COC ");
  for (const Level level : allLevels())
    if (level != Level::T13 && level != Level::L6 && level != Level::C1)
      CHECK(usualNext(*usualPrevious(level)) == level);
  CHECK(usualNext(Level::T13) == Level::L1);
  CHECK(usualNext(Level::L6) == Level::Sacrum);
}

TEST_CASE("the code table holds the codes of the standard (spot checks against CID 7603 and 7604)") {
  const std::pair<int, const char*> vertebrae[] = {{1, "14806007"},  {2, "39976000"},  {7, "87391001"},
                                                   {8, "64864005"},  {19, "23215003"}, {20, "66794005"},
                                                   {21, "14293000"}, {22, "36470004"}, {23, "11994002"},
                                                   {24, "49668003"}, {26, "54735007"}, {27, "64688005"}};
  for (const auto& [label, code] : vertebrae) {
    REQUIRE(codeForLabel(label));
    CHECK(codeForLabel(label)->type.scheme == "SCT");
    CHECK(codeForLabel(label)->type.value == code);
  }
  const std::pair<int, const char*> discs[] = {{102, "1078209008"}, {107, "37414007"}, {119, "76206002"},
                                               {120, "80064006"},   {121, "67459009"}, {122, "62551000"},
                                               {123, "84020006"},   {124, "715056000"}};
  for (const auto& [label, code] : discs)
    CHECK(codeForLabel(label)->type.value == code);
  CHECK(codeForLabel(60)->type.value == "2748008");
  CHECK(codeForLabel(61)->type.value == "61853006");
  CHECK(codeForLabel(24)->category.value == "91723000");
  // No code of a level is misused for one that has none.
  CHECK(codeForLabel(25)->type.value == "51282000");
  CHECK(codeForLabel(28)->type.value == "51282000");
  CHECK(codeForLabel(128)->type.value == "360499006");
  CHECK(codeForLabel(304)->modifier->value == "24028007"); // right
  CHECK(codeForLabel(305)->modifier->value == "7771000");  // left
  CHECK(!codeForLabel(22)->modifier);
  CHECK(!codeForLabel(500));
}

TEST_CASE(
    "numbers are unique, vertebrae and discs follow the numbering rule, colours follow the cycle of seven") {
  std::set<int> seen;
  for (const CodeRow& row : codeTable()) {
    CHECK(seen.insert(row.label).second);
    CHECK(!row.name.empty());
    CHECK(!row.type.value.empty());
  }
  for (const Level level : allLevels())
    REQUIRE(codeForLabel(labelOf(level)));
  CHECK(codeForLabel(22)->shortName == "L3");
  CHECK(codeForLabel(discLabelBelow(Level::L3))->shortName == "L3-L4");
  CHECK(codeForLabel(discLabelBelow(Level::T13))->shortName == "T13-L1");
  CHECK(codeForLabel(1)->rgb == std::array<std::uint8_t, 3>{230, 159, 0});
  CHECK(codeForLabel(8)->rgb == codeForLabel(1)->rgb);
  for (const Level level : allLevels())
    if (const auto next = usualNext(level); next && *next != Level::Coccyx && level != Level::L6)
      CHECK(codeForLabel(labelOf(level))->rgb != codeForLabel(labelOf(*next))->rgb);
  CHECK(unnamedLabel(3) == 903);
  CHECK(unnamedDiscLabel(3) == 1003);
  CHECK(colourOfUnnamed(8) == colourOfUnnamed(1));
}

TEST_CASE("other tools' numbers: TotalSegmentator counts upwards, TotalSpineSeg by regions") {
  CHECK(labelFromTotalSegmentator(27) == 24);
  CHECK(labelFromTotalSegmentator(31) == 20);
  CHECK(labelFromTotalSegmentator(32) == 19);
  CHECK(labelFromTotalSegmentator(50) == 1);
  CHECK(labelFromTotalSegmentator(25) == 26);
  CHECK(labelFromTotalSegmentator(26) == 26);
  CHECK(labelFromTotalSegmentator(79) == 60);
  CHECK(!labelFromTotalSegmentator(5));
  CHECK(labelFromTotalSpineSeg(11) == 1);
  CHECK(labelFromTotalSpineSeg(32) == 19);
  CHECK(labelFromTotalSpineSeg(45) == 24);
  CHECK(labelFromTotalSpineSeg(46) == 25);
  CHECK(labelFromTotalSpineSeg(100) == 124);
  CHECK(labelFromTotalSpineSeg(2) == 61);
  CHECK(!labelFromTotalSpineSeg(200));
}

TEST_CASE("parts know their layer") {
  CHECK(layerOf(Part::VertebralBody) == LayerKind::BoneAndDisc);
  CHECK(layerOf(Part::Disc) == LayerKind::BoneAndDisc);
  CHECK(layerOf(Part::Cord) == LayerKind::CanalContents);
  CHECK(layerOf(Part::Lesion) == LayerKind::Lesions);
  CHECK(isVertebral(Part::Vertebra));
  CHECK(!isVertebral(Part::Disc));
  CHECK(partName(Part::PosteriorElements) == "posterior elements");
}

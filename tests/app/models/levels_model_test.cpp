#include "app/panels/levels_model.h"
#include "tests/app/models/spine_case.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::app;
using test::lumbar;
using test::spineCase;

namespace {
LevelsModel modelOf(const Case& c) {
  return buildLevels(c, effective(c));
}
} // namespace

TEST_CASE("levels stand from cranial to caudal under their names, the sacrum last as S1") {
  const LevelsModel model = modelOf(spineCase(lumbar));
  REQUIRE(model.rows.size() == 6);
  CHECK(model.rows.front().name == "L1");
  CHECK(model.rows.back().name == "S1");
  CHECK(model.rows.back().isSacrum);
  CHECK(model.aboveName == "T12");
  CHECK(model.belowName.empty());
}

TEST_CASE("a level's state is that of its least reviewed structure") {
  Case c = spineCase({Level::L3}, ItemState::Confirmed);
  CHECK(modelOf(c).rows[0].state == ItemState::Confirmed);
  CHECK(modelOf(c).reviewed == 1);
  Structure arch;
  arch.instance = c.chain.entries[0].instance;
  arch.part = Part::PosteriorElements;
  arch.state = ItemState::Edited;
  c.structures.add(arch);
  CHECK(modelOf(c).rows[0].state == ItemState::Edited);
  CHECK(modelOf(c).reviewed == 0);
}

TEST_CASE("confidence is shown in three bands and always has a reason when it is not high") {
  Case c = spineCase({Level::L3});
  CHECK(modelOf(c).rows[0].band == Band::High);
  c.chain.entries[0].confidence = 0.7;
  LevelRow row = modelOf(c).rows[0];
  CHECK(row.band == Band::Medium);
  CHECK(row.reason == "its name rests on the sacrum alone");
  c.chain.entries[0].confidence = 0.2;
  c.chain.entries[0].whole = false;
  row = modelOf(c).rows[0];
  CHECK(row.band == Band::Low);
  CHECK(row.reason == "cut by the edge of the volume");
}

TEST_CASE("the anchor that the naming rests on is marked, and no other level") {
  const LevelsModel model = modelOf(spineCase(lumbar));
  for (const LevelRow& row : model.rows)
    CHECK(row.isAnchor == row.isSacrum);
}

TEST_CASE("a likely other numbering stands beside the names and in the sentence") {
  Case c = spineCase({Level::L5, Level::Sacrum});
  NamingAlternative other;
  other.variant = "L6";
  other.probability = 0.12;
  other.levels = {Level::L6, Level::Sacrum};
  c.chain.alternatives = {other};
  const LevelsModel model = modelOf(c);
  CHECK(model.rows[0].otherName == "L6");
  CHECK(model.rows[1].otherName.empty());
  CHECK(model.naming == "Names assumed from the sacrum; L6 is possible (12\u00a0%)");
}

TEST_CASE("an unnamed chain asks the reader") {
  Case c = spineCase({Level::L4, Level::L5});
  c.chain.naming = Naming::Ask;
  for (ChainEntry& entry : c.chain.entries)
    entry.level.reset();
  const LevelsModel model = modelOf(c);
  CHECK(model.namingNeedsReader);
  CHECK(model.rows[0].name == "V1");
  CHECK(model.rows[0].band == Band::Low);
  CHECK(model.rows[0].reason == "not named yet");
  CHECK(model.aboveName.empty());
}

TEST_CASE("a level named twice is a problem at that level") {
  Case c = spineCase({Level::L4, Level::L5});
  c.chain.entries[1].level = Level::L4;
  const LevelsModel model = modelOf(c);
  CHECK((model.rows[0].problems.size() + model.rows[1].problems.size()) > 0);
}

TEST_CASE("the next level to review goes round and skips what is confirmed") {
  Case c = spineCase({Level::L1, Level::L2, Level::L3}, ItemState::Edited);
  Structure second = c.structures.all()[1];
  second.state = ItemState::Confirmed;
  c.structures.update(second);
  const LevelsModel model = modelOf(c);
  CHECK(model.nextToReview(model.rows[0].instance)->name == "L3");
  CHECK(model.nextToReview(model.rows[2].instance)->name == "L1");
  CHECK(model.nextToReview({})->name == "L1");
}

TEST_CASE("a finding marks its level, a rejected one does not") {
  Case c = spineCase({Level::L1, Level::L2});
  Finding finding;
  finding.id = "f";
  finding.instance = c.chain.entries[1].instance;
  finding.kind = "fracture";
  c.findings = {finding};
  CHECK(modelOf(c).rows[1].openFindings == 1);
  c.findings[0].state = ItemState::Rejected;
  CHECK(modelOf(c).rows[1].openFindings == 0);
}

#include "core/case/structures.h"

#include <catch2/catch.hpp>

using namespace spondyl;

namespace {

/// Unnamed vertebrae 1..n from above, the sacrum as n + 1 if asked for.
LevelChain unnamed(int vertebrae, bool sacrum) {
  LevelChain chain;
  for (int n = 1; n <= vertebrae + (sacrum ? 1 : 0); ++n) {
    ChainEntry entry;
    entry.instance = InstanceId{std::uint32_t(n)};
    entry.centroid = {0, 0, -30.0 * n};
    if (n > vertebrae)
      entry.level = Level::Sacrum;
    chain.entries.push_back(entry);
  }
  return chain;
}

std::string names(const LevelChain& chain) {
  std::string out;
  for (const ChainEntry& entry : chain.entries)
    out += (out.empty() ? "" : " ") + chain.displayName(entry.instance);
  return out;
}

std::string named(const LevelChain& chain, int place, Level level) {
  const auto result = renamedFrom(chain, InstanceId{std::uint32_t(place)}, level);
  return result.ok() ? names(*result) : errorCodeName(result.error().code);
}

} // namespace

TEST_CASE("unnamed vertebrae are V1, V2 … from above and the sacrum is always S1") {
  CHECK(names(unnamed(3, true)) == "V1 V2 V3 S1");
  CHECK(unnamed(3, true).place(InstanceId{4}) == 0);
  CHECK(unnamed(3, false).displayName(InstanceId{9}).empty());
}

TEST_CASE("one known level names the chain by the usual sequence") {
  CHECK(named(unnamed(7, true), 6, Level::L4) == "T11 T12 L1 L2 L3 L4 L5 S1");
  CHECK(named(unnamed(24, true), 24, Level::L5).substr(0, 8) == "C1 C2 C3");
  CHECK(named(unnamed(4, false), 1, Level::C6) == "C6 C7 T1 T2");
  CHECK(named(unnamed(3, false), 3, Level::Sacrum) == "L4 L5 S1");
  const auto result = *renamedFrom(unnamed(7, true), InstanceId{6}, Level::L4);
  CHECK(result.naming == Naming::Certain);
  CHECK(result.anchor == Anchor::Reader);
  CHECK(!result.variant);
  CHECK(result.entries[0].confidence == 1.0);
}

TEST_CASE(
    "the sacrum stays the sacrum: a level that does not reach it by five lumbar vertebrae makes a variant") {
  CHECK(named(unnamed(7, true), 6, Level::L5) == "T12 L1 L2 L3 L4 L5 L6 S1");
  CHECK(named(unnamed(7, true), 7, Level::L4) == "T10 T11 T12 L1 L2 L3 L4 S1");
  CHECK(named(unnamed(7, true), 1, Level::T13) == "T13 L1 L2 L3 L4 L5 L6 S1");
  CHECK(named(unnamed(6, true), 1, Level::T13) == "T13 L1 L2 L3 L4 L5 S1");
  CHECK(*renamedFrom(unnamed(7, true), InstanceId{6}, Level::L5)->variant == "L6");
  CHECK(*renamedFrom(unnamed(7, true), InstanceId{7}, Level::L4)->variant == "L4");
}

TEST_CASE("a variant that the chain has is kept where it still fits") {
  LevelChain t13 = *renamedFrom(unnamed(8, true), InstanceId{3}, Level::T13);
  CHECK(names(t13) == "T11 T12 T13 L1 L2 L3 L4 L5 S1");
  CHECK(*t13.variant == "T13");
  CHECK(named(t13, 8, Level::L5) == "T11 T12 T13 L1 L2 L3 L4 L5 S1");
  CHECK(named(t13, 3, Level::T12) == "T10 T11 T12 L1 L2 L3 L4 L5 S1"); // no room for it any more
  LevelChain t11 = unnamed(7, true);
  t11.variant = "T11";
  CHECK(named(t11, 1, Level::T10) == "T10 T11 L1 L2 L3 L4 L5 S1");
  LevelChain l6 = unnamed(8, true);
  l6.variant = "L6";
  CHECK(named(l6, 1, Level::T11) == "T11 T12 L1 L2 L3 L4 L5 L6 S1");
}

TEST_CASE("a chain that would run past C1 or the sacrum is refused") {
  CHECK(named(unnamed(4, false), 3, Level::C2) == "InvalidEdit");
  CHECK(named(unnamed(4, false), 1, Level::L5) == "InvalidEdit");
  CHECK(named(unnamed(4, true), 5, Level::L5) == "InvalidEdit");
  CHECK(named(unnamed(4, false), 9, Level::L5) == "UnknownItem");
}

TEST_CASE("for every spine from C1 with 11 to 13 thoracic and 4 to 6 lumbar vertebrae its own names are "
          "found again") {
  for (int thoracic = 11; thoracic <= 13; ++thoracic)
    for (int lumbar = 4; lumbar <= 6; ++lumbar) {
      LevelChain chain = unnamed(7 + thoracic + lumbar, true);
      for (int n = 0; n < 7 + thoracic + lumbar; ++n) {
        const int t = n - 7, l = n - 7 - thoracic;
        chain.entries[std::size_t(n)].level = *levelFromName(n < 7   ? "C" + std::to_string(n + 1)
                                                             : l < 0 ? "T" + std::to_string(t + 1)
                                                                     : "L" + std::to_string(l + 1));
      }
      CAPTURE(thoracic, lumbar);
      CHECK(chainProblems(chain).empty());
      for (const ChainEntry& entry : chain.entries)
        CHECK(names(*renamedFrom(chain, entry.instance, *entry.level)) == names(chain));
    }
}

TEST_CASE("chain problems: a level twice, out of order, a gap in names, a gap in distances") {
  LevelChain chain = *renamedFrom(unnamed(6, true), InstanceId{6}, Level::L5);
  CHECK(chainProblems(chain).empty());
  chain.entries[2].level = Level::L3; // L1 L3 … : L3 twice, and a gap before it
  auto problems = chainProblems(chain);
  const auto has = [&](ChainProblem::Kind kind) {
    return std::any_of(problems.begin(), problems.end(),
                       [&](const ChainProblem& p) { return p.kind == kind; });
  };
  CHECK(has(ChainProblem::Kind::LevelTwice));
  CHECK(has(ChainProblem::Kind::Gap));
  chain.entries[2].level = Level::T10;
  problems = chainProblems(chain);
  CHECK(has(ChainProblem::Kind::OutOfOrder));
  chain = *renamedFrom(unnamed(6, true), InstanceId{6}, Level::L5);
  for (std::size_t n = 3; n < chain.entries.size(); ++n)
    chain.entries[n].centroid.z -= 35; // one was missed
  problems = chainProblems(chain);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == ChainProblem::Kind::Gap);
  CHECK(problems[0].instance == InstanceId{4});
}

TEST_CASE("names, numbers and colours follow the chain, discs are named by the vertebrae that are there") {
  LevelChain chain = *renamedFrom(unnamed(8, true), InstanceId{3}, Level::T13);
  Structure body;
  body.instance = InstanceId{3};
  body.part = Part::VertebralBody;
  Structure disc = body;
  disc.part = Part::Disc;
  CHECK(structureName(body, chain) == "T13 vertebral body");
  CHECK(structureName(disc, chain) == "T13/L1 disc");
  CHECK(exportLabel(body, chain) == 28);
  CHECK(exportLabel(disc, chain) == 128);
  disc.instance = InstanceId{2};
  CHECK(structureName(disc, chain) == "T12/T13 disc");
  CHECK(exportLabel(disc, chain) == 119);
  disc.instance = InstanceId{8};
  CHECK(structureName(disc, chain) == "L5/S1 disc");
  CHECK(exportLabel(disc, chain) == 124);

  const LevelChain open = unnamed(3, true);
  body.instance = InstanceId{2};
  disc.instance = InstanceId{2};
  CHECK(structureName(body, open) == "V2 vertebral body");
  CHECK(structureName(disc, open) == "V2/V3 disc");
  CHECK(exportLabel(body, open) == 902);
  CHECK(exportLabel(disc, open) == 1002);
  CHECK(structureColour(body, open) == codeForLabel(2)->rgb);
  CHECK(structureColour(disc, open) == codeForLabel(123)->rgb);

  for (const auto& [part, label] : {std::pair{Part::Sacrum, 26},
                                    {Part::Coccyx, 27},
                                    {Part::Cord, 60},
                                    {Part::Canal, 61},
                                    {Part::Csf, 62}}) {
    Structure s;
    s.part = part;
    CHECK(exportLabel(s, open) == label);
    CHECK(structureColour(s, open) == codeForLabel(label)->rgb);
  }
  Structure rib;
  rib.part = Part::Rib;
  rib.label = 322;
  CHECK(exportLabel(rib, chain) == 322);
  CHECK(structureName(rib, chain) == "Twelfth rib right");
}

TEST_CASE("ids of removed structures are never given out again") {
  StructureTable table;
  const StructureId first = table.add({}), second = table.add({});
  CHECK(table.remove(second));
  CHECK(table.add({}) == StructureId{3});
  CHECK(!table.find(second));
  CHECK(table.find(first));
  Structure far;
  far.id = StructureId{40};
  CHECK(table.insert(far));
  CHECK(!table.insert(far));
  CHECK(table.add({}) == StructureId{41});
}

TEST_CASE("where an item comes from is written as in landmarks.json") {
  Provenance p;
  p.name = "Dr A";
  CHECK(p.source() == "person:Dr A");
  p.origin = Provenance::Origin::Model;
  p.name = "spine-ct";
  p.version = "1.2";
  CHECK(p.source() == "model:spine-ct@1.2");
  p.origin = Provenance::Origin::Import;
  p.name = "labels.nii.gz";
  CHECK(p.source() == "import:labels.nii.gz");
  CHECK(utcNow().size() == 20);
  CHECK(utcNow().back() == 'Z');
}

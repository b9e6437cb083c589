#include "core/case/checks.h"
#include "core/case/label_exchange.h"
#include "tests/support/synthetic_case.h"

#include <catch2/catch.hpp>

using namespace spondyl;

namespace {

EffectiveCase shown(const Proposal& p) {
  Case c;
  Proposal one = p;
  one.id = ProposalId{1};
  c.proposals.push_back(std::make_shared<const Proposal>(one));
  return effective(c);
}

LabelImport importOf(std::span<const std::uint16_t> labels, const Grid& grid) {
  LabelImport import;
  import.labels = labels;
  import.grid = grid;
  import.seriesUid = "1.2.3";
  import.provenance.origin = Provenance::Origin::Import;
  return import;
}

} // namespace

TEST_CASE("labels come out as they went in, whatever their numbers") {
  const Grid grid = test::obliqueGrid({30, 30, 20});
  std::vector<std::uint16_t> labels(grid.size().count());
  std::size_t at = 0;
  for (const CodeRow& row : codeTable()) {
    if (row.kind == "lesion" || row.label > 400)
      continue;
    for (int n = 0; n < 20; ++n)
      labels[at++ * 7 % labels.size()] = std::uint16_t(row.label);
  }
  const Proposal p = *proposalFromLabels(importOf(labels, grid));
  CHECK(p.warnings.empty());
  CHECK(exportLabels(shown(p), grid).labels == labels);
}

TEST_CASE("names from a file are assumed: confidence below 0.9, alternatives listed, cut vertebrae marked") {
  const Grid grid = test::obliqueGrid();
  auto labels = test::boxSpine(grid);
  for (std::size_t at = 0; at < labels.size(); ++at) // a remnant at the cranial edge
    if (at / (60 * 44) == 69 && labels[at] == 0 && at % 60 > 25 && at % 60 < 35)
      labels[at] = 19;
  const Proposal p = *proposalFromLabels(importOf(labels, grid));
  REQUIRE(p.chain.entries.size() == 7);
  CHECK(p.chain.naming == Naming::Assumed);
  CHECK(p.chain.anchor == Anchor::Labels);
  CHECK(p.chain.displayName(p.chain.entries[0].instance) == "T12");
  CHECK(p.chain.entries.back().level == Level::Sacrum);
  for (const ChainEntry& entry : p.chain.entries) {
    CHECK(entry.confidence < 0.9);
    CHECK(entry.whole == (entry.level != Level::T12));
  }
  for (std::size_t n = 0; n + 1 < p.chain.entries.size(); ++n)
    CHECK(p.chain.entries[n].centroid.z > p.chain.entries[n + 1].centroid.z);
  REQUIRE(p.chain.alternatives.size() == 2);
  CHECK(p.chain.alternatives[0].shift == 1);
  CHECK(p.chain.alternatives[0].variant == "L6");
  CHECK(p.chain.alternatives[1].variant == "L4");
  CHECK(p.chain.alternatives[0].levels.size() == p.chain.entries.size());
  CHECK(p.chain.alternatives[0].levels[5] == Level::L6);
  CHECK(p.structures.find(p.chain.entries[0].instance, Part::Vertebra)->note ==
        "cut by the edge of the volume");
  CHECK(p.isOpen());
  // The centre of an undivided vertebra is that of its body, not drawn back by the arch.
  const PointLps body = grid.toLps(PointIjk{30, 15, 15});
  CHECK(distance(p.chain.find(Level::L5)->centroid, body) < 2.0);
}

TEST_CASE("parts of the vertebrae are taken and given back, C1 is all posterior elements") {
  const Grid grid = test::obliqueGrid();
  auto labels = test::boxSpine(grid, Level::C3, 3);
  std::vector<std::uint8_t> parts(labels.size());
  for (std::size_t at = 0; at < labels.size(); ++at)
    if (labels[at] >= 1 && labels[at] <= 3)
      parts[at] = (at / 60 % 44) <= 22 ? 49 : 41;
  LabelImport import = importOf(labels, grid);
  import.parts = parts;
  const Proposal p = *proposalFromLabels(import);
  const InstanceId c3 = p.chain.find(Level::C3)->instance;
  REQUIRE(p.structures.find(c3, Part::VertebralBody));
  REQUIRE(p.structures.find(c3, Part::PosteriorElements));
  const LabelVolumes out = exportLabels(shown(p), grid);
  CHECK(out.labels == labels);
  for (std::size_t at = 0; at < labels.size(); ++at)
    if (out.parts[at] != (labels[at] == 1 ? 41 : labels[at] > 3 ? 0 : parts[at]))
      FAIL("part differs at " << at);
}

TEST_CASE("other tools' numbers: TotalSegmentator counts upwards, its 25 and 26 are both the sacrum") {
  const Grid grid = test::obliqueGrid({20, 20, 20});
  std::vector<std::uint16_t> labels(grid.size().count());
  const std::pair<int, int> numbers[] = {{25, 26}, {26, 26}, {27, 24}, {31, 20},  {32, 19},
                                         {43, 8},  {50, 1},  {79, 60}, {77, 305}, {5, 0}};
  for (std::size_t n = 0; n < std::size(numbers); ++n)
    for (std::size_t v = 0; v < 50; ++v)
      labels[n * 400 + v] = std::uint16_t(numbers[n].first);
  LabelImport import = importOf(labels, grid);
  import.scheme = LabelScheme::TotalSegmentator;
  const Proposal p = *proposalFromLabels(import);
  const auto out = exportLabels(shown(p), grid).labels;
  for (std::size_t n = 0; n < std::size(numbers); ++n)
    CHECK(out[n * 400] == numbers[n].second);
  CHECK(std::count_if(p.structures.all().begin(), p.structures.all().end(),
                      [](const Structure& s) { return s.part == Part::Sacrum; }) == 1);
  REQUIRE(p.warnings.size() == 1);
  CHECK(p.warnings[0].find("5 (50 voxels)") != std::string::npos);
  CHECK(labelSchemeFromName("totalspineseg") == LabelScheme::TotalSpineSeg);
  CHECK(!labelSchemeFromName("spider"));
}

TEST_CASE("labels on another grid are taken at the nearest voxel and said, the same voxels in another order "
          "are not") {
  const Grid grid = test::obliqueGrid({24, 20, 16});
  std::vector<std::uint16_t> labels(grid.size().count());
  std::mt19937 random(3);
  for (auto& v : labels)
    v = random() % 3 ? std::uint16_t(0) : std::uint16_t(20 + random() % 5);
  // The same lattice from the opposite corner, axes swapped.
  const Grid turned = *Grid::create({20, 24, 16}, grid.toLps(IndexIjk{23, 0, 15}), grid.stepJ(),
                                    -grid.stepI(), -grid.stepK());
  LabelImport import = importOf(labels, grid);
  import.target = turned;
  const Proposal p = *proposalFromLabels(import);
  CHECK(p.warnings.empty());
  CHECK(exportLabels(shown(p), grid).labels == labels);
  CHECK(exportLabels(shown(p), turned).labels != labels);

  import.target =
      *Grid::create({48, 40, 16}, grid.origin(), grid.stepI() * 0.5, grid.stepJ() * 0.5, grid.stepK());
  const Proposal fine = *proposalFromLabels(import);
  REQUIRE(fine.warnings.size() == 1);
  CHECK(exportLabels(shown(fine), grid).labels == labels);
}

TEST_CASE("cord lies over CSF over canal, and these over bone, lesions stay apart") {
  const Grid grid = test::obliqueGrid({8, 8, 8});
  EffectiveCase e;
  std::vector<std::uint16_t> dense[4];
  const Part parts[] = {Part::Vertebra, Part::Canal, Part::Cord, Part::Lesion};
  ChainEntry entry;
  entry.instance = InstanceId{1};
  entry.level = Level::L3;
  e.chain.entries.push_back(entry);
  for (int n = 0; n < 4; ++n) {
    Structure s;
    s.part = parts[n];
    if (n == 0)
      s.instance = InstanceId{1};
    if (n == 3)
      s.label = 400;
    const StructureId id = e.structures.add(s);
    std::vector<std::uint16_t> voxels(grid.size().count());
    for (std::size_t at = 0; at < std::size_t(400 - 100 * n); ++at)
      voxels[at] = id.value;
    e.layers.push_back(
        {LayerId{std::uint32_t(n + 1)}, layerOf(parts[n]), "f", "s", LabelMap::fromDense(grid, voxels)});
  }
  std::swap(e.layers[1], e.layers[2]); // in whatever order
  const auto out = exportLabels(e, grid);
  CHECK(out.labels[50] == 60);
  CHECK(out.labels[250] == 61);
  CHECK(out.labels[350] == 22);
  CHECK(out.labels[450] == 0);
}

TEST_CASE("unnamed vertebrae go out as 900 + n and come back unnamed") {
  const Grid grid = test::obliqueGrid();
  Proposal p = test::spineProposal(grid);
  for (ChainEntry& entry : p.chain.entries)
    if (entry.level != Level::Sacrum)
      entry.level.reset();
  const auto out = exportLabels(shown(p), grid).labels;
  CHECK(std::count(out.begin(), out.end(), 905) > 0);
  CHECK(std::count(out.begin(), out.end(), 1005) > 0);
  CHECK(std::count(out.begin(), out.end(), 26) > 0);
  const Proposal back = *proposalFromLabels(importOf(out, grid));
  CHECK(back.chain.naming == Naming::Ask);
  CHECK(back.chain.displayName(back.chain.entries[0].instance) == "V1");
  CHECK(exportLabels(shown(back), grid).labels == out);
}

TEST_CASE("no label at all is an empty proposal, arrays of a wrong size are refused") {
  const Grid grid = test::obliqueGrid({8, 8, 8});
  std::vector<std::uint16_t> labels(grid.size().count());
  const Proposal p = *proposalFromLabels(importOf(labels, grid));
  CHECK(p.structures.all().empty());
  CHECK(p.chain.entries.empty());
  CHECK(!p.isOpen());
  labels.pop_back();
  CHECK(proposalFromLabels(importOf(labels, grid)).error().code == ErrorCode::GridMismatch);
}

TEST_CASE("a vertebra of several components is flagged") {
  const Grid grid = test::obliqueGrid();
  auto labels = test::boxSpine(grid);
  CHECK(componentProblems(shown(*proposalFromLabels(importOf(labels, grid)))).empty());
  for (int k = 60; k < 66; ++k)
    for (int j = 30; j < 36; ++j)
      for (int i = 2; i < 8; ++i)
        labels[grid.offset({i, j, k})] = 23; // 648 mm3 of L4 far away
  const auto problems = componentProblems(shown(*proposalFromLabels(importOf(labels, grid))));
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == ChainProblem::Kind::SeveralComponents);
}

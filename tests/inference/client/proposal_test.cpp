#include "inference/client/client.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

SegmentOutcome outcome() {
  const Grid grid = Grid::create({4, 3, 2}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}).value();
  SegmentOutcome o;
  o.result.structures = {{1, 1, Part::VertebralBody, 0.9, ""},
                         {2, 1, Part::PosteriorElements, 0.8, ""},
                         {3, 1, Part::Disc, 0.7, ""},
                         {4, 2, Part::Sacrum, 0.6, "cut by the edge of the images"},
                         {5, 0, Part::Canal, 0.5, ""}};
  ResultVertebra v;
  v.place = 1;
  v.level = Level::L5;
  v.confidence = 0.89;
  v.centroid = {1, 2, 3};
  ResultVertebra sacrum;
  sacrum.place = 2;
  sacrum.isSacrum = true;
  sacrum.whole = false;
  o.result.vertebrae = {v, sacrum};
  o.result.naming = "assumed";
  o.result.anchor = "sacrum";
  o.result.anchors = {"sacrum"};
  o.result.alternatives = {{0, "L6", 0.05, {Level::L6, Level::Sacrum}}};
  o.result.modelName = "spine-ct";
  o.result.modelVersion = "1.0.0";
  o.result.weightsSha256 = "ab";
  o.result.warnings = {"w"};
  o.result.landmarks = {{1, "superior.left", {7, 8, 9}, 0.8}, {2, "endplate.anterior", {1, 2, 3}, 0.7}};
  o.result.landmarkModelName = "spine-landmarks";
  o.result.landmarkModelVersion = "2.0.0";
  o.result.landmarkWeightsSha256 = "cd";
  std::vector<std::uint16_t> bones(24, 0), canal(24, 0);
  bones[0] = 1, bones[1] = 2, bones[2] = 3, bones[23] = 4, canal[5] = 5;
  o.boneAndDisc = LabelMap::fromDense(grid, bones);
  o.canal = LabelMap::fromDense(grid, canal);
  return o;
}

} // namespace

TEST_CASE("a result becomes a proposal whose voxels point into its own table") {
  const Proposal p = toProposal(outcome(), "1.2.3", "4.5.6", "digest");
  CHECK(p.seriesUid == "1.2.3");
  CHECK(p.frameOfReferenceUid == "4.5.6");
  CHECK(p.inputDigest == "digest");
  CHECK(p.provenance.origin == Provenance::Origin::Model);
  CHECK(p.provenance.source() == "model:spine-ct@1.0.0");
  CHECK(p.provenance.weightsSha256 == "ab");
  CHECK(p.warnings == std::vector<std::string>{"w"});

  REQUIRE(p.layers.size() == 2);
  CHECK(p.layers[0].kind == LayerKind::BoneAndDisc);
  CHECK(p.layers[1].kind == LayerKind::CanalContents);
  CHECK(p.layers[0].map.grid() == outcome().boneAndDisc.grid());
  const auto partAt = [&](std::size_t layer, IndexIjk v) {
    return p.structures.find(p.layers[layer].map.at(v))->part;
  };
  CHECK(partAt(0, {0, 0, 0}) == Part::VertebralBody);
  CHECK(partAt(0, {1, 0, 0}) == Part::PosteriorElements);
  CHECK(partAt(0, {2, 0, 0}) == Part::Disc);
  CHECK(partAt(0, {3, 2, 1}) == Part::Sacrum);
  CHECK(partAt(1, {1, 1, 0}) == Part::Canal);
  for (const Structure& s : p.structures.all())
    CHECK(s.state == ItemState::Proposed);

  REQUIRE(p.chain.entries.size() == 2);
  CHECK(p.chain.entries[0].level == Level::L5);
  CHECK(p.chain.entries[1].level == Level::Sacrum);
  CHECK_FALSE(p.chain.entries[1].whole);
  CHECK(p.structures.all()[0].instance == p.chain.entries[0].instance);
  CHECK(p.structures.all()[3].instance == p.chain.entries[1].instance);
  CHECK_FALSE(p.structures.all()[4].instance);
  CHECK(p.chain.naming == Naming::Assumed);
  CHECK(p.chain.anchor == Anchor::Sacrum);
  REQUIRE(p.chain.alternatives.size() == 1);
  CHECK(p.chain.alternatives[0].levels[0] == Level::L6);
  CHECK(exportLabel(p.structures.all()[0], p.chain) == 24);
  CHECK(exportLabel(p.structures.all()[4], p.chain) == 61);
}

TEST_CASE("without names the proposal's vertebrae count from above") {
  SegmentOutcome o = outcome();
  o.result.naming = "ask";
  o.result.anchor = "none";
  o.result.vertebrae[0].level.reset();
  const Proposal p = toProposal(o, "s", "f", "d");
  CHECK(p.chain.naming == Naming::Ask);
  CHECK(p.chain.displayName(p.chain.entries[0].instance) == "V1");
  CHECK(exportLabel(p.structures.all()[0], p.chain) == 901);
}

TEST_CASE("the digest of a volume follows its voxels and its place") {
  const auto make = [](double z, std::int16_t value) {
    auto builder =
        VolumeBuilder::create(Grid::create({2, 2, 2}, {0, 0, z}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}).value(),
                              VoxelType::Int16)
            .value();
    builder.voxels<std::int16_t>()[3] = value;
    return std::move(builder).freeze();
  };
  const std::string first = volumeDigest(*make(0, 1));
  CHECK(first.size() == 64);
  CHECK(first == volumeDigest(*make(0, 1)));
  CHECK(first != volumeDigest(*make(0, 2)));
  CHECK(first != volumeDigest(*make(1, 1)));
}

TEST_CASE("a network's landmarks go into the proposal under the vertebra that they were found for") {
  const Proposal p = toProposal(outcome(), "1.2.3", "4.5.6", "digest");
  REQUIRE(p.landmarks.size() == 2);
  const Landmark& l = p.landmarks.front();
  CHECK(l.site == "superior.left");
  CHECK(l.position == PointLps{7, 8, 9});
  CHECK(l.confidence == 0.8);
  CHECK(l.state == ItemState::Proposed);
  CHECK(l.provenance.source() == "model:spine-landmarks@2.0.0");
  CHECK(l.provenance.weightsSha256 == "cd");
  CHECK(landmarkName(l, p.chain) == "L5.superior.left");
  CHECK(landmarkName(p.landmarks.back(), p.chain) == "S1.endplate.anterior");
}

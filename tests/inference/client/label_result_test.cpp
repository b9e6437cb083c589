#include "core/case/label_exchange.h"
#include "inference/client/client.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

const Grid grid = Grid::create({3, 3, 9}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, -5}).value();

/// L4, disc, L5, disc, sacrum from above, a cord behind: numbers by slice.
std::vector<std::uint16_t> codes() {
  std::vector<std::uint16_t> all(grid.size().count());
  const std::array<std::uint16_t, 9> rows{0, 23, 23, 123, 24, 24, 124, 26, 0};
  for (std::size_t n = 0; n < all.size(); ++n)
    all[n] = n % 9 >= 6 ? 60 : rows[n / 9];
  return all;
}

SegmentOutcome outcome() {
  SegmentOutcome o;
  o.result.modelName = "own";
  o.result.modelVersion = "2";
  o.result.warnings = {"of the network"};
  std::vector<std::uint16_t> labels = codes();
  const std::array<std::uint16_t, 6> numbers{23, 24, 26, 60, 123, 124};
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    ResultStructure s;
    s.label = std::uint16_t(n + 1);
    s.code = numbers[n];
    o.result.structures.push_back(s);
  }
  for (std::uint16_t& label : labels)
    if (label)
      label = std::uint16_t(std::find(numbers.begin(), numbers.end(), label) - numbers.begin() + 1);
  o.boneAndDisc = LabelMap::fromDense(grid, labels);
  o.canal = LabelMap(grid);
  return o;
}

} // namespace

TEST_CASE("a network's numbers become what a label file with these numbers becomes") {
  const Proposal mine = toProposal(outcome(), "s", "f", "digest");
  LabelImport import;
  const auto numbers = codes();
  import.labels = numbers;
  import.grid = grid;
  import.seriesUid = "s";
  import.frameOfReferenceUid = "f";
  import.provenance = mine.provenance;
  const auto file = proposalFromLabels(import);
  REQUIRE(file);
  CHECK(mine.chain == file->chain);
  CHECK(mine.structures.all() == file->structures.all());
  REQUIRE(mine.layers.size() == file->layers.size());
  for (std::size_t n = 0; n < mine.layers.size(); ++n)
    CHECK(mine.layers[n].map.dense() == file->layers[n].map.dense());
  CHECK(mine.layers.size() == 2); // the cord lies in a layer of its own

  CHECK(mine.chain.naming == Naming::Assumed); // what the network claims: no anchor was checked
  CHECK(mine.chain.anchor == Anchor::Labels);
  REQUIRE(mine.chain.entries.size() == 3);
  for (const ChainEntry& entry : mine.chain.entries)
    CHECK(entry.confidence < 0.9);
  CHECK(mine.provenance.source() == "model:own@2");
  CHECK(mine.inputDigest == "digest");
  CHECK(mine.warnings == std::vector<std::string>{"of the network"});
}

TEST_CASE("the reader's word about one vertebra names all that a network found") {
  const Proposal named = toProposal(outcome(), "s", "f", "d", ReaderAnchor{Level::L4, {1, 1, -22}});
  CHECK(named.chain.naming == Naming::Certain);
  CHECK(named.chain.anchor == Anchor::Reader);
  REQUIRE(named.chain.entries.size() == 3);
  CHECK(named.chain.entries[0].level == Level::L3);
  CHECK(named.chain.entries[1].level == Level::L4);
  const Proposal beside = toProposal(outcome(), "s", "f", "d", ReaderAnchor{Level::L4, {1, 1, 200}});
  CHECK(beside.chain.naming == Naming::Assumed);
  CHECK(beside.warnings.size() == 2);
}

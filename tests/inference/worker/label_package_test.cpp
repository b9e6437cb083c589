// Packages that give label maps, through the process, and what they are refused for.
#include "core/base/process.h"
#include "tests/inference/worker/worker_support.h"

#include <catch2/catch.hpp>

#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;
using namespace spondyl::test;

namespace {

/// The scores of background, L4, something unknown and the sacrum: bright bodies are L4 in the upper half of
/// a window, sacrum in the lower; dark arches are unknown.
const char* const scores =
    "    zero = torch.zeros_like(x)\n"
    "    z = torch.cumsum(zero + 1.0, 2)\n"
    "    body = torch.clamp(x - 2.0, 0.0, 1.0) * 4.0\n"
    "    upper = torch.clamp(z - 40.0, 0.0, 1.0)\n"
    "    arch = torch.clamp(0.5 - x, 0.0, 1.0) * 9.0\n"
    "    return torch.cat([zero + 1.0, body * upper, arch, body * (1.0 - upper)], 1)\n";

Path labelPackage(const WorkerFolder& folder, const std::string& more = {}) {
  const Path package = folder.package("labels", scores, false);
  const std::string card =
      R"({"schema": "spondyl-model-1", "name": "own", "version": "3", "task": "spine-ct", "pipeline": "labels",
      "file": "model.pt", "sha256": ")" +
      sha256OfFile(package / "model.pt").value() +
      R"(", "spacing_mm": [2, 2, 2], "tensor": {"axes": ["S", "P", "L"], "patch": [80, 50, 50]},
      "network_data_format": {"inputs": {"image": {"modality": "CT"}},
                              "outputs": {"pred": {"channel_def": {"2": "aorta"}}}},
      "normalisation": {"clip_hu": [-1000, 2000], "subtract": 0, "divide": 300},
      "outputs": {"labels": {"scheme": "totalsegmentator", "numbers": [0, 28, 52, 25]}}, "licence": "none")" +
      more + "}\n";
  std::ofstream(package / "metadata.json") << card;
  std::ofstream(folder.path / "config" / "spondyl" / "trusted-models", std::ios::app)
      << sha256Hex(std::string_view(card)) << "\n";
  return package;
}

} // namespace

TEST_CASE("a network that gives a label map is asked like any other and names what it claims, assumed") {
  const WorkerFolder folder;
  const Path package = labelPackage(folder);
  TestClient client(optionsIn(folder));
  const auto outcome = client.segment(spineVolume(), requestFor(package), {});
  REQUIRE(outcome);
  CHECK(outcome->result.modelName == "own");
  CHECK(outcome->result.times.size() == 2);
  REQUIRE(outcome->result.structures.size() == 2);
  CHECK(outcome->result.structures[0].code == 23);
  CHECK(outcome->result.structures[1].code == 26);
  REQUIRE(outcome->result.warnings.size() >= 1);
  CHECK(outcome->result.warnings[0].find("aorta") != std::string::npos);

  const Proposal proposal = toProposal(*outcome, "s", "f", "d");
  REQUIRE(proposal.chain.entries.size() == 2);
  CHECK(proposal.chain.entries[0].level == Level::L4);
  CHECK(proposal.chain.entries[1].level == Level::Sacrum);
  CHECK(proposal.chain.naming == Naming::Assumed);
  const LabelMap& map = proposal.layers.at(0).map;
  CHECK(map.grid() == spineGrid());
  const Structure* top = proposal.structures.find(map.at(nearestIndex(spineGrid().toIjk(spine.centre(0)))));
  REQUIRE(top);
  CHECK(top->instance == proposal.chain.entries[0].instance);

  // The same bytes again.
  const auto again = client.segment(spineVolume(), requestFor(package), {});
  REQUIRE(again);
  CHECK(again->boneAndDisc.dense() == outcome->boneAndDisc.dense());
}

TEST_CASE(
    "an image that a card excludes is refused before any work, and so are other channels than it names") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  const auto coarse = client.segment(
      spineVolume(), requestFor(labelPackage(folder, R"(, "intended_input": {"maximum_spacing_mm": 1.5})")),
      {});
  REQUIRE_FALSE(coarse);
  CHECK(coarse.error().code == ErrorCode::ModelUnsuitable);
  SegmentRequest mr = requestFor(labelPackage(folder));
  mr.modality = "mr";
  const auto other = client.segment(spineVolume(), mr, {});
  REQUIRE_FALSE(other);
  CHECK(other.error().code == ErrorCode::ModelUnsuitable);

  const Path package = labelPackage(folder);
  std::string card = readFile(package / "metadata.json").value();
  card.replace(card.find("[0, 28, 52, 25]"), 15, "[0, 28, 52, 25, 27]");
  std::ofstream(package / "metadata.json") << card;
  const auto untrusted = client.segment(spineVolume(), requestFor(package), {});
  REQUIRE_FALSE(untrusted);
  CHECK(untrusted.error().code == ErrorCode::ModelUntrusted);
  std::ofstream(folder.path / "config" / "spondyl" / "trusted-models", std::ios::app)
      << sha256Hex(std::string_view(card)) << "\n";
  const auto channels = client.segment(spineVolume(), requestFor(package), {});
  REQUIRE_FALSE(channels);
  CHECK(channels.error().code == ErrorCode::ModelDamaged);
}

// Landmarks through the process: a package beside the segmentation's adds them, and costs nothing when it
// fails.
#include "core/base/process.h"
#include "tests/inference/worker/worker_support.h"

#include <catch2/catch.hpp>

#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;
using namespace spondyl::test;

namespace {

/// One peak in the map of "centre": a voxel of the crop to the left, behind and below the body's centroid.
const char* const besideCentre = "    out = torch.zeros_like(x) - 30.0\n"
                                 "    flat = out.view(-1)\n"
                                 "    flat[10 * 20736 + 14 * 864 + 10 * 24 + 12] = 5.0\n"
                                 "    return out\n";

Path landmarkPackage(const WorkerFolder& folder, const std::string& forward) {
  const Path package = folder.package("points", forward, false);
  const std::string card =
      R"({"schema": "spondyl-model-1", "name": "points", "version": "7", "task": "spine-landmarks",
      "pipeline": "landmarks", "file": "model.pt", "sha256": ")" +
      sha256OfFile(package / "model.pt").value() +
      R"(", "spacing_mm": [1.5, 1.5, 1.5],
      "tensor": {"crop_size_zyx": [48, 72, 48], "crop_origin_zyx": [29.5, 19.5, 23.5], "padding_input": -2},
      "network_data_format": {"inputs": {"image": {"modality": "any"}}},
      "normalisation": {"ct": {"clip_hu": [-400, 1500], "subtract": 100, "divide": 300},
                        "mr": {"percentiles": [2, 98], "to": [-1.5, 1.5], "clip": [-2, 3]}},
      "outputs": {"maps": ["superior.anterior", "superior.middle", "superior.posterior", "superior.left",
                           "superior.right", "inferior.anterior", "inferior.middle", "inferior.posterior",
                           "inferior.left", "inferior.right", "centre", "pedicle.left", "pedicle.right",
                           "spinous", "below.anterior", "below.posterior"]}, "licence": "none"})";
  std::ofstream(package / "metadata.json") << card;
  std::ofstream(folder.path / "config" / "spondyl" / "trusted-models", std::ios::app)
      << sha256Hex(std::string_view(card)) << "\n";
  return package;
}

} // namespace

TEST_CASE(
    "a landmark package beside the segmentation's adds its points to the result, from CT voxels to LPS") {
  const WorkerFolder folder;
  folder.package("spine", answerForSpine());
  landmarkPackage(folder, besideCentre);
  TestClient client(optionsIn(folder));
  const auto outcome = client.segment(spineVolume(), requestFor(folder.path / "models"), {});
  REQUIRE(outcome);
  const SegmentResult& result = outcome->result;
  CHECK(result.modelName == "test");
  CHECK(result.landmarkModelName == "points");
  CHECK(result.landmarkModelVersion == "7");
  REQUIRE(int(result.landmarks.size()) == spine.count);
  for (int n = 0; n < spine.count; ++n) {
    const ResultLandmark& l = result.landmarks[std::size_t(n)];
    CHECK(l.vertebra == n + 1);
    CHECK(l.site == "centre");
    CHECK(l.confidence > 0.9);
    CHECK(distance(l.at, spine.centre(n) + VectorLps{1.5, 1.5, -1.5}) < 2.5);
    CHECK(l.at.x > spine.centre(n).x);
  }
}

TEST_CASE("a landmark network that throws or answers another size costs its points alone, and that is said") {
  for (const char* forward : {"    return x[:, :, :7]\n", "    return torch.cat([x, x[:, :, :, :3]], 1)\n"}) {
    const WorkerFolder folder;
    folder.package("spine", answerForSpine());
    landmarkPackage(folder, forward);
    TestClient client(optionsIn(folder));
    const auto outcome = client.segment(spineVolume(), requestFor(folder.path / "models"), {});
    REQUIRE(outcome);
    CHECK(int(outcome->result.vertebrae.size()) == spine.count);
    CHECK(outcome->result.landmarks.empty());
    CHECK(outcome->result.landmarkModelName.empty());
    REQUIRE(!outcome->result.warnings.empty());
    CHECK(outcome->result.warnings.back().find("landmark network") != std::string::npos);
  }
}

TEST_CASE("a landmark package that nobody trusts is not run, nor one for a package that was named alone") {
  const WorkerFolder folder;
  const Path own = folder.package("spine", answerForSpine());
  const Path points = landmarkPackage(folder, besideCentre);
  TestClient client(optionsIn(folder));
  const auto alone = client.segment(spineVolume(), requestFor(own), {});
  REQUIRE(alone);
  CHECK(alone->result.landmarks.empty());
  std::ofstream(points / "metadata.json", std::ios::app) << "\n";
  const auto untrusted = client.segment(spineVolume(), requestFor(folder.path / "models"), {});
  REQUIRE(untrusted);
  CHECK(untrusted->result.landmarks.empty());
  CHECK(untrusted->result.warnings == alone->result.warnings);
}

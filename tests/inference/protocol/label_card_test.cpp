// Cards of networks that give label maps: what is read, and what is refused in which words.
#include "core/base/id.h"
#include "core/base/process.h"
#include "inference/protocol/user_models.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

using namespace spondyl;
using namespace spondyl::inference;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

struct Folder {
  Path path = fs::temp_directory_path() / ("spondyl-test-" + newUuid());
  Folder() { REQUIRE(makePrivateFolder(path)); }
  ~Folder() { fs::remove_all(path); }

  static Json card() {
    return Json::parse(R"({
      "schema": "spondyl-model-1", "name": "own", "version": "2", "task": "spine-mr", "pipeline": "labels",
      "file": "n.pt", "sha256": "ABC", "spacing_mm": [3.3, 0.75, 0.75],
      "network_data_format": {"inputs": {"image": {"modality": "MRI"}},
                              "outputs": {"pred": {"channel_def": {"0": "background", "3": "aorta"}}}},
      "tensor": {"axes": ["S", "A", "R"], "patch": [16, 320, 320]},
      "normalisation": {"z_score": true}, "resampling": "nnunet", "crop_to_nonzero": true,
      "outputs": {"labels": {"scheme": "totalsegmentator", "numbers": [0, 28, 27, 52, 26]}},
      "inference": {"window_centre_shift": 0.5, "mirror_axes": [2, 0]}})");
  }
  Result<ModelPackage> read(const Json& json) const {
    std::ofstream(path / "metadata.json") << json.dump();
    std::ofstream(path / "n.pt") << "net";
    return readModelPackage(path);
  }
  /// Why it is refused.
  std::string refusal(const Json& json) const {
    const auto package = read(json);
    if (package)
      return "read";
    CHECK(package.error().code == ErrorCode::ModelDamaged);
    return package.error().arguments.at(1);
  }
  std::string refusalWith(const std::string& pointer, const Json& value) const {
    Json json = card();
    json[Json::json_pointer(pointer)] = value;
    return refusal(json);
  }
};

} // namespace

TEST_CASE("a card of a label map says how the network sees its grid and what its channels are") {
  const Folder folder;
  const auto package = folder.read(Folder::card());
  REQUIRE(package);
  const ModelCard& card = package->card;
  CHECK(card.modality == "mr"); // bundles say MRI
  CHECK(card.networkSha256 == "abc");
  REQUIRE(card.labels);
  CHECK(card.labels->axes == std::array{'S', 'A', 'R'});
  CHECK(card.labels->spacingMm == std::array{3.3, 0.75, 0.75});
  CHECK(card.labels->patch == std::array{16, 320, 320});
  CHECK(card.labels->codes == std::vector<int>{0, 23, 24, 0, 26}); // L4, L5, nothing of ours, S1: the sacrum
  CHECK(card.labels->names.at(3) == "aorta");
  CHECK(card.labels->isBackground == std::vector<bool>{true, false, false, false, false});
  CHECK(card.labels->zScore);
  CHECK(card.labels->likeNnUnet);
  CHECK(card.labels->cropToNonzero);
  CHECK(card.labels->mirrorAxes == std::vector<int>{0, 2});
  CHECK(card.windowShift == 0.5);
}

TEST_CASE("numbers of other programs and our own become ours by the one table") {
  const Folder folder;
  const auto codes = [&](const char* scheme, const std::vector<int>& numbers) {
    Json json = Folder::card();
    json["outputs"]["labels"] = {{"scheme", scheme}, {"numbers", numbers}};
    const auto package = folder.read(json);
    REQUIRE(package);
    return package->card.labels->codes;
  };
  CHECK(codes("codes", {0, 20, 119, 60, 777}) == std::vector<int>{0, 20, 119, 60, 0});
  CHECK(codes("totalspineseg", {0, 41, 91, 1, 50}) == std::vector<int>{0, 20, 119, 60, 26});
  CHECK(codes("TotalSegmentator", {0, 31, 79, 25}) == std::vector<int>{0, 20, 60, 26});
}

TEST_CASE("every key that a card lacks is named at once") {
  const Folder folder;
  Json json = Folder::card();
  json.erase("sha256");
  json.erase("spacing_mm");
  CHECK(folder.refusal(json) == "metadata.json: it lacks sha256, spacing_mm");
  json = Folder::card();
  json["tensor"].erase("axes");
  json["outputs"]["labels"].erase("numbers");
  CHECK(folder.refusal(json) == "metadata.json: it lacks tensor.axes, outputs.labels.numbers");
  // A bundle that knows nothing of us.
  json = Json::parse(R"({"version": "0.1", "monai_version": "1.3", "task": "vertebrae",
      "network_data_format": {"inputs": {"image": {"modality": "CT"}}}})");
  CHECK(folder.refusal(json) ==
        "metadata.json: it lacks name, file, sha256, pipeline, spacing_mm, tensor.axes, "
        "tensor.patch, normalisation, outputs.labels.scheme, outputs.labels.numbers");
}

TEST_CASE("a value that cannot be meant is refused by the name of its key") {
  const Folder folder;
  const std::string where = "metadata.json: ";
  CHECK(folder.refusalWith("/tensor/axes", {"S", "I", "L"}).starts_with(where + "tensor.axes must be"));
  CHECK(folder.refusalWith("/tensor/axes", {"S", "j", "i"}).starts_with(where + "tensor.axes must be"));
  CHECK(folder.refusalWith("/tensor/axes", {"k", "j", "i"}) == "read");
  CHECK(folder.refusalWith("/tensor/patch", {0, 10, 10}) == where + "tensor.patch lies between 1 and 1024");
  CHECK(folder.refusalWith("/tensor/patch", {1024, 1024, 1024}) == where + "tensor.patch is too large");
  CHECK(folder.refusalWith("/tensor/patch", "large") ==
        where + "tensor.patch has not the kind of value that is meant");
  CHECK(folder.refusalWith("/spacing_mm", {1, 1, -1}) == where + "spacing_mm lies between 0.05 and 50");
  CHECK(folder.refusalWith("/resampling", "sinc") == where + "resampling must be linear or nnunet");
  CHECK(folder.refusalWith("/pipeline", "dreams")
            .starts_with(where + "its pipeline is dreams, this version has spine"));
  CHECK(folder.refusalWith("/outputs/labels/scheme", "mine").starts_with(where + "outputs.labels.scheme"));
  CHECK(folder.refusalWith("/outputs/labels/numbers", {0, 52, 53}) ==
        where + "outputs.labels.numbers names no structure that totalsegmentator has");
  CHECK(
      folder.refusalWith("/outputs/labels/numbers", {0}).starts_with(where + "outputs.labels.numbers must"));
  CHECK(folder.refusalWith("/inference/overlap", 1.0) == where + "inference.overlap lies between 0 and 0.9");
  CHECK(folder.refusalWith("/inference/mirror_axes", {0, 0}) ==
        where + "inference.mirror_axes are of 0, 1 and 2");
  CHECK(folder.refusalWith("/schema", "spondyl-model-2") ==
        where + "its schema is spondyl-model-2, this version reads spondyl-model-1");
}

TEST_CASE(
    "a MONAI bundle has its card in configs and its network in models, and neither may lead out of it") {
  const Folder folder;
  fs::create_directories(folder.path / "configs");
  fs::create_directories(folder.path / "models");
  std::ofstream(folder.path / "models" / "model.ts") << "net";
  const auto bundle = [&](const std::string& file) {
    Json json = Folder::card();
    json["file"] = file;
    std::ofstream(folder.path / "configs" / "metadata.json") << json.dump();
    return readModelPackage(folder.path);
  };
  const auto package = bundle("models/model.ts");
  REQUIRE(package);
  CHECK(package->cardFile == folder.path / "configs" / "metadata.json");
  CHECK(originOf(*package));
  CHECK(listModelPackages(folder.path.parent_path()).size() >= 1);
  CHECK_FALSE(bundle("models/../../model.ts"));
  CHECK_FALSE(bundle((folder.path / "models" / "model.ts").string()));
  CHECK_FALSE(bundle("models/"));
  CHECK_FALSE(bundle(""));
}

#include "core/base/id.h"
#include "inference/client/client.h"

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace spondyl;
using namespace spondyl::inference;
namespace fs = std::filesystem;

namespace {

VolumePtr smallVolume() {
  return VolumeBuilder::create(Grid::create({4, 4, 4}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}).value(),
                               VoxelType::Int16)
      .value()
      .freeze();
}

struct Folder {
  Path path = fs::temp_directory_path() / ("spondyl-test-" + newUuid());
  Folder() { fs::create_directory(path); }
  ~Folder() { fs::remove_all(path); }
};

} // namespace

TEST_CASE("a request that names no usable model is refused before any process starts") {
  const Folder folder;
  WorkerClient client({folder.path / "no-such-program", folder.path / "run", {}, 1, 30});
  SegmentRequest request;
  request.modality = "ct";
  request.modelFolder = (folder.path / "models").string();
  const auto result = client.segment(smallVolume(), request, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::ModelNotFound);
  CHECK(client.workerProcessId() == 0);
}

TEST_CASE("a missing worker program is told") {
  const Folder folder;
  WorkerClient client({folder.path / "no-such-program", folder.path / "run", {}, 1, 30});
  const auto result = client.rename({}, std::nullopt, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::WorkerNotStarted);
}

TEST_CASE("a worker program that only ends is not started for ever") {
  const Folder folder;
  WorkerClient client({"/bin/false", folder.path / "run", {}, 1, 30});
  const auto result = client.rename({}, std::nullopt, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::WorkerNotStarted);
}

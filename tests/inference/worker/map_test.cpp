// Maps of uncertainty and saliency through the worker as a process.
#include "core/base/process.h"
#include "tests/inference/worker/worker_support.h"

#include <catch2/catch.hpp>

#include <atomic>

using namespace spondyl;
using namespace spondyl::inference;
using namespace spondyl::test;

namespace {

ScalarMapRequest mapRequest(const Path& package, ScalarMapKind kind) {
  ScalarMapRequest request;
  request.network = requestFor(package);
  request.kind = kind;
  return request;
}

/// Bright voxels are body where x is in the upper half of the window, else background: its two passes
/// disagree about every bright voxel.
std::string disagreeing() {
  return "    bright = (x > 1.5).to(x.dtype)\n"
         "    column = torch.cumsum(torch.zeros_like(x) + 1.0, 4) - 1.0\n"
         "    half = (column >= 0.5 * float(x.size(4))).to(x.dtype)\n"
         "    body = 80.0 * (bright * half - 0.5)\n"
         "    low = torch.zeros_like(x) - 40.0\n"
         "    zero = torch.zeros_like(x)\n"
         "    return torch.cat([zero, body, low, low, low, low, low, low, zero, zero, zero, zero], 1)\n";
}

double at(const Volume& map, PointLps p) {
  const auto voxels = map.voxels<std::uint16_t>();
  return voxels[map.grid().offset(nearestIndex(map.grid().toIjk(p)))] * map.rescale().slope;
}

} // namespace

TEST_CASE("an uncertainty map comes back through the process on the volume's grid, with model and box") {
  const WorkerFolder folder;
  const Path package = folder.package("disagreeing", disagreeing());
  TestClient client(optionsIn(folder));
  ScalarMapRequest request = mapRequest(package, ScalarMapKind::Uncertainty);
  request.box = BoxLps{spine.centre(1) - VectorLps{30, 30, 20}, spine.centre(1) + VectorLps{30, 30, 20}};
  double last = 0;
  const auto outcome = client.map(spineVolume(), request, {},
                                  {{}, Progress([&](const ProgressReport& r) { last = r.fraction; })});
  REQUIRE(outcome);
  CHECK(last == Approx(1.0));
  CHECK(outcome->map->grid() == spineGrid());
  CHECK(at(*outcome->map, spine.centre(1)) == Approx(1.0 / 3).margin(0.01)); // ln 2 / ln 8
  CHECK(at(*outcome->map, spine.centre(1) + VectorLps{0, -26, 0}) < 0.01);
  CHECK(at(*outcome->map, spine.centre(3)) == 0); // outside the box
  CHECK(outcome->result.modelVersion == "1.2");
  CHECK(outcome->result.passes == 2);
  CHECK(outcome->result.computed.contains(spine.centre(1)));
  // The same worker segments afterwards.
  const Path known = folder.package("known", answerForSpine());
  const auto segmented = client.segment(spineVolume(), requestFor(known), {});
  REQUIRE(segmented);
  CHECK(segmented->result.vertebrae.size() == 4);
}

TEST_CASE("a saliency map comes back through the process and watches the structure that was marked") {
  const WorkerFolder folder;
  // P(body) from a voxel's own value: what is hidden is what falls.
  const Path package = folder.package("known", answerForSpine());
  TestClient client(optionsIn(folder));
  const Grid grid = spineGrid();
  std::vector<std::uint8_t> structure(grid.size().count());
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i) {
        const VectorLps d = grid.toLps(IndexIjk{i, j, k}) - spine.centre(2);
        structure[grid.offset({i, j, k})] = std::hypot(d.x / 18, d.y / 13) < 1 && std::abs(d.z) < 10;
      }
  const ScalarMapRequest request = mapRequest(package, ScalarMapKind::Saliency);
  const auto outcome = client.map(spineVolume(), request, structure, {});
  REQUIRE(outcome);
  CHECK(outcome->result.mean > 0.9);
  CHECK(outcome->result.passes > 20);
  CHECK(at(*outcome->map, spine.centre(2)) > 0.03);
  CHECK(at(*outcome->map, spine.centre(1)) < 0.01);
  CHECK(at(*outcome->map, spine.centre(3)) < 0.01);
  const auto unmarked = client.map(spineVolume(), request, {}, {});
  REQUIRE_FALSE(unmarked);
  CHECK(unmarked.error().code == ErrorCode::UnknownItem);
}

TEST_CASE("a map is stopped within a second and the worker lives on") {
  const WorkerFolder folder;
  const Path package = folder.package("slow", slow(20));
  TestClient client(optionsIn(folder));
  std::stop_source stop;
  std::chrono::steady_clock::time_point asked;
  std::atomic<bool> running{false};
  const JobContext job{stop.get_token(), Progress([&](const ProgressReport& report) {
                         if (report.stage == "segment" && !running.exchange(true)) {
                           asked = std::chrono::steady_clock::now();
                           stop.request_stop();
                         }
                       })};
  const auto outcome = client.map(longVolume(), mapRequest(package, ScalarMapKind::Uncertainty), {}, job);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ErrorCode::Cancelled);
  CHECK(std::chrono::steady_clock::now() - asked < 1s);
  CHECK(within(10s, [&] { return runs(client.workerProcessId()); }));
}

TEST_CASE("a map that cannot fit the memory allowed is refused with the numbers") {
  const WorkerFolder folder;
  const Path package = folder.package("known", answerForSpine());
  TestClient client(optionsIn(folder));
  ScalarMapRequest request = mapRequest(package, ScalarMapKind::Uncertainty);
  request.network.memoryLimitGiB = 0.0625;
  const auto outcome = client.map(spineVolume(), request, {}, {});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ErrorCode::OutOfMemory);
  CHECK(outcome.error().arguments.size() == 2);
}

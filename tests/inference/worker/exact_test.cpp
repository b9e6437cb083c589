// Known answers through the whole path: client, worker, engine, pipeline and back, on any grid.
#include "inference/pipelines/resample.h"
#include "tests/inference/worker/worker_support.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using namespace spondyl::inference;
using namespace spondyl::test;

namespace {

const PointLps middle{5, 5, -11};

std::vector<std::pair<std::string, Grid>> grids() {
  const double c = std::cos(0.35), s = std::sin(0.35);
  const auto round = [](VectorLps i, VectorLps j, VectorLps k, GridSize n) {
    return gridRound(middle, i, j, k, n);
  };
  return {{"thick slices", round({1, 0, 0}, {0, 1, 0}, {0, 0, 4}, {100, 100, 40})},
          {"flipped", round({-1.5, 0, 0}, {0, -1.5, 0}, {0, 0, 2.5}, {66, 66, 64})},
          {"left-handed", round({1.5, 0, 0}, {0, 1.5, 0}, {0, 0, -2.5}, {66, 66, 64})},
          {"sagittal", round({0, 1.2, 0}, {0, 0, -1.2}, {3, 0, 0}, {84, 134, 34})},
          {"oblique", round(VectorLps{c, 0, s} * 1.5, {0, 1.5, 0}, VectorLps{-s, 0, c} * 3.0, {76, 66, 56})},
          {"sheared", round({1.5, 0, 0}, {0, 1.5, 0}, {0, 0.9, 3}, {66, 90, 54})}};
}

/// The network that knows the spine's centres on the grid that it will be shown.
std::string answerOn(const Grid& input) {
  const Grid seen = networkGrid(input, 2.0).value();
  const PointIjk lowest = seen.toIjk(spine.centre(spine.count - 1));
  return knownAnswer(lowest.k, spine.spacingMm / 2, spine.count, lowest.j, lowest.i);
}

} // namespace

TEST_CASE("a scripted network's answer comes back in the right place on any grid, and the same twice") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  for (const auto& [name, grid] : grids()) {
    INFO(name);
    const VolumePtr volume = drawn(spine, grid);
    SegmentRequest request = requestFor(folder.package(name, answerOn(grid)));
    request.threads = 1;
    const auto once = client.segment(volume, request, {});
    REQUIRE(once);
    CHECK(once->boneAndDisc.grid() == grid);
    REQUIRE(once->result.vertebrae.size() == 4);
    for (int n = 0; n < spine.count; ++n) {
      CHECK(distance(once->result.vertebrae[std::size_t(n)].centroid, spine.centre(n)) < 1.0);
      const StructureId id = once->boneAndDisc.at(nearestIndex(grid.toIjk(spine.centre(n))));
      REQUIRE(id.value >= 1);
      CHECK(once->result.structures[id.value - 1u].vertebra == n + 1);
    }
    request.threads = 3;
    const auto again = client.segment(volume, request, {});
    REQUIRE(again);
    CHECK(again->boneAndDisc == once->boneAndDisc);
    CHECK(again->canal == once->canal);
    CHECK(again->result.structures == once->result.structures);
    CHECK(again->result.vertebrae == once->result.vertebrae);
  }
}

TEST_CASE("a few slices, or one, show what is in them and claim nothing whole") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  const PointLps inside = spine.centre(1);
  for (const auto& [name, grid] : std::vector<std::pair<std::string, Grid>>{
           {"three axial slices", gridRound(inside, {1, 0, 0}, {0, 1, 0}, {0, 0, 3}, {100, 100, 3})},
           {"one axial slice", gridRound(inside, {1, 0, 0}, {0, 1, 0}, {0, 0, 5}, {100, 100, 1})},
           {"one sagittal slice", gridRound(spine.centre(1) + VectorLps{0, 0, -17}, {0, 1, 0}, {0, 0, -1},
                                            {4, 0, 0}, {100, 160, 1})},
           {"a single voxel", gridRound(inside, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1})}}) {
    INFO(name);
    const auto outcome =
        client.segment(drawn(spine, grid), requestFor(folder.package(name, answerOn(grid))), {});
    REQUIRE(outcome);
    CHECK(outcome->boneAndDisc.grid() == grid);
    CHECK(outcome->result.naming != "certain");
    for (const ResultVertebra& v : outcome->result.vertebrae)
      CHECK_FALSE(v.whole);
  }
}

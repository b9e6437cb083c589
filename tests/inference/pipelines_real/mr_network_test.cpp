// The shipped MR network: real lumbar studies of the half that tunes (mr_split.json), T2 phantoms of unseen
// seeds, and a thigh, in which there is no spine.
#include "core/base/id.h"
#include "core/base/process.h"
#include "core/formats/nifti.h"
#include "core/phantom/draw.h"
#include "core/phantom/paint.h"
#include "inference/client/client.h"
#include "tests/support/test_data.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <map>
#include <random>

using namespace spondyl;
using namespace spondyl::inference;
namespace fs = std::filesystem;

namespace {

struct Worker {
  Path path = fs::temp_directory_path() / ("spondyl-test-" + newUuid());
  WorkerClient client;
  Worker() : client((prepare(path), ClientOptions{{}, path / "run", path / "log", 60, 120})) {}
  ~Worker() {
    client.shutdownWorker();
    fs::remove_all(path);
  }
  static void prepare(const Path& path) {
    REQUIRE(makePrivateFolder(path));
    fs::create_directories(path / "config");
    ::setenv("XDG_CONFIG_HOME", (path / "config").c_str(), 1);
  }
  Result<SegmentOutcome> segment(const VolumePtr& volume) {
    SegmentRequest request;
    request.modality = "mr";
    request.device = "cpu";
    return client.segment(volume, request, {});
  }
};

/// Reference number → Dice with the vertebral body that covers most of it, and that body's place.
struct Match {
  double dice = 0;
  int place = 0;
};
std::map<int, Match> bodiesAgainst(const SegmentOutcome& outcome,
                                   const std::vector<std::uint16_t>& reference) {
  std::map<int, int> placeOf;
  for (const ResultStructure& s : outcome.result.structures)
    if (s.part == Part::VertebralBody)
      placeOf[s.label] = s.vertebra;
  std::map<int, double> ours, theirs;
  std::map<std::pair<int, int>, double> both;
  const auto labels = outcome.boneAndDisc.dense();
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const auto found = placeOf.find(labels[n]);
    if (found != placeOf.end())
      ++ours[found->second];
    if (reference[n])
      ++theirs[reference[n]];
    if (found != placeOf.end() && reference[n])
      ++both[{reference[n], found->second}];
  }
  std::map<int, Match> matches;
  for (const auto& [ref, count] : theirs)
    matches[ref];
  for (const auto& [pair, overlap] : both)
    if (const double dice = 2 * overlap / (theirs[pair.first] + ours[pair.second]);
        dice > matches[pair.first].dice)
      matches[pair.first] = {dice, pair.second};
  return matches;
}

constexpr int sacralBody = 26; ///< S1: ours is part of the sacrum

bool hasPart(const SegmentResult& r, Part part) {
  return std::any_of(r.structures.begin(), r.structures.end(), [&](const auto& s) { return s.part == part; });
}

} // namespace

TEST_CASE("every labelled body of real lumbar MR is found once, in order, whatever the weighting") {
  SPONDYL_NEED_DATA(data);
  Worker worker;
  for (const char* name : {"mr_bodies_chu2015/chu04", "mr_bodies_zukic2014/AKa3_T1FSE",
                           "mr_bodies_zukic2014/AKa4_TIRM", "mr_bodies_waterfat/wf01"}) {
    INFO(name);
    const auto volume = readNifti(data / (std::string(name) + "_img.nii.gz"), {});
    const auto reference = readNiftiLabels(data / (std::string(name) + "_seg.nii.gz"), {});
    REQUIRE(volume);
    REQUIRE(reference);
    const auto outcome = worker.segment(volume->volume);
    REQUIRE(outcome);
    CHECK(outcome->result.naming != "certain");
    CHECK(hasPart(outcome->result, Part::Canal));
    int before = 0;
    for (const auto& [ref, match] : bodiesAgainst(*outcome, reference->numbers)) {
      if (ref == sacralBody)
        continue;
      INFO("reference " << ref);
      CHECK(match.dice > 0.7);
      if (before)
        CHECK(match.place == before + 1);
      before = match.place;
    }
  }
}

TEST_CASE("T2 phantoms of unseen seeds: bodies, discs, canal and cord where they were drawn") {
  Worker worker;
  for (const std::uint64_t seed : {900'301u, 900'302u}) {
    INFO("seed " << seed);
    PhantomOptions options;
    options.seed = seed;
    options.modality = PhantomModality::Mr;
    options.spacingMm = 1.5;
    options.from = Level::T9;
    options.to = Level::Sacrum;
    const SpineDescription description = describeSpine(options).value();
    const PhantomVolumes drawn =
        drawPhantom(description, defaultGrid(description, options.spacingMm).value());
    const auto outcome = worker.segment(paint(description, drawn).value());
    REQUIRE(outcome);
    const SegmentResult& r = outcome->result;
    CHECK(hasPart(r, Part::Cord));
    CHECK(hasPart(r, Part::Canal));
    for (const DrawnInstance& d : drawn.drawn) {
      if (!d.whole || d.level == Level::Sacrum)
        continue;
      INFO(levelName(d.level));
      const auto found = std::find_if(r.vertebrae.begin(), r.vertebrae.end(),
                                      [&](const auto& v) { return distance(v.centroid, d.centre) < 6; });
      REQUIRE(found != r.vertebrae.end());
      if (found->level && found->confidence >= 0.9)
        CHECK(found->level == d.level);
    }
  }
}

TEST_CASE("in a thigh nothing is proposed") {
  const Grid grid = Grid::create({110, 110, 100}, {-82, -82, 0}, {1.5, 0, 0}, {0, 1.5, 0}, {0, 0, 2}).value();
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {1, 0}, VolumeMeaning::MrSignal).value();
  std::mt19937 random(5);
  std::normal_distribution<double> noise(0, 12);
  auto voxels = builder.voxels<std::int16_t>();
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i) {
        const PointLps p = grid.toLps(IndexIjk{i, j, k});
        const double r = std::hypot(p.x, p.y), bone = std::hypot(p.x - 12, p.y + 8);
        const double signal = bone < 9    ? 420 // marrow
                              : bone < 15 ? 20  // cortex
                              : r < 58    ? 180 // muscle
                              : r < 72    ? 650 // fat
                                          : 5;     // air
        voxels[grid.offset({i, j, k})] = std::int16_t(std::abs(signal + noise(random)));
      }
  Worker worker;
  const auto outcome = worker.segment(std::move(builder).freeze());
  REQUIRE(outcome);
  CHECK(outcome->result.vertebrae.empty());
  CHECK(outcome->result.structures.empty());
}

// The pipeline for label maps with a network that reads the class off the value it is given.
#include "inference/pipelines/label_map.h"

#include "inference/pipelines/label_map_grid.h"
#include "tests/inference/support/spine_input.h"

#include <catch2/catch.hpp>

#include <map>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

/// Boxes of one value each: L3 (600), L4 (800), sacrum (1000), something that we do not know (400); air 0.
struct Box {
  PointLps low, high;
  double value;
};
const std::vector<Box> boxes{{{-20, -15, 30}, {20, 15, 55}, 600},
                             {{-20, -15, -5}, {20, 15, 20}, 800},
                             {{-25, -15, -50}, {25, 15, -15}, 1000},
                             {{30, 20, -10}, {42, 32, 10}, 400}};

double valueAt(PointLps p) {
  for (const Box& b : boxes)
    if (p.x >= b.low.x && p.x <= b.high.x && p.y >= b.low.y && p.y <= b.high.y && p.z >= b.low.z &&
        p.z <= b.high.z)
      return b.value;
  return 0;
}

VolumePtr drawnOn(const Grid& grid) {
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {2, -100}).value();
  const GridSize n = grid.size();
  auto voxels = builder.voxels<std::int16_t>();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i)
        voxels[grid.offset({i, j, k})] = std::int16_t((valueAt(grid.toLps(IndexIjk{i, j, k})) + 100) / 2);
  return std::move(builder).freeze();
}

ModelCard cardOf(const std::array<char, 3>& axes = {'S', 'P', 'L'}) {
  ModelCard card;
  card.name = "labels";
  card.modality = "ct";
  card.normalisation = {-1000, 2000, 0, 200}; // the network sees 0, 2, 3, 4, 5
  LabelRule& rule = card.labels.emplace();
  rule.axes = axes;
  rule.spacingMm = {2.5, 2, 2};
  rule.patch = {24, 32, 32};
  rule.codes = {0, 22, 23, 26, 0};
  rule.names = {"background", "L3", "L4", "S1", "aorta"};
  rule.isBackground = {true, false, false, false, false};
  return card;
}

/// Classes of values near 3, 4, 5 and 2, so that the blurred border of one is not another; all else
/// background.
class ByValue : public Network {
 public:
  int channels() const override { return 5; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
    CHECK(window.size() == voxelCount(shape));
    CHECK(shape == Shape{24, 32, 32});
    const std::array<float, 5> means{0, 3, 4, 5, 2};
    m_out.resize(5 * window.size());
    for (std::size_t c = 0; c < 5; ++c)
      for (std::size_t n = 0; n < window.size(); ++n)
        m_out[c * window.size() + n] = c == 0 ? 0.5f : 1 - 2 * std::abs(window[n] - means[c]);
    return std::span<const float>(m_out);
  }

 private:
  std::vector<float> m_out;
};

struct Labelled {
  SegmentResult result;
  std::vector<std::uint16_t> bones, canal;
  int codeAt(const Grid& grid, PointLps p) const {
    const std::uint16_t label = bones[grid.offset(nearestIndex(grid.toIjk(p)))];
    return label ? result.structures.at(label - 1u).code : 0;
  }
};

Result<Labelled> labelled(const Volume& volume, const ModelCard& card = cardOf(),
                          const SegmentOptions& options = {}, const JobContext& job = {}) {
  ByValue network;
  Labelled out;
  out.bones.resize(volume.size().count());
  out.canal.resize(volume.size().count());
  SPONDYL_TRY(out.result, segmentLabels(network, card, volume, options, job, {out.bones, out.canal}));
  return out;
}

const PointLps middle{0, 0, 0};

std::map<std::string, Grid> grids() {
  const double c = std::cos(0.3), s = std::sin(0.3);
  const auto round = [](VectorLps i, VectorLps j, VectorLps k, GridSize n) {
    return test::gridRound(middle, i, j, k, n);
  };
  return {{"as acquired", round({2, 0, 0}, {0, 2, 0}, {0, 0, 2.5}, {50, 44, 52})},
          {"fine", round({1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {96, 80, 124})},
          {"sagittal, thick", round({0, 1.5, 0}, {0, 0, -1.5}, {4, 0, 0}, {56, 84, 26})},
          {"left-handed", round({2, 0, 0}, {0, -2, 0}, {0, 0, 2}, {50, 44, 64})},
          {"flipped", round({-2, 0, 0}, {0, -2, 0}, {0, 0, -3}, {50, 44, 42})},
          {"oblique", round({2 * c, 2 * s, 0}, {-2 * s, 2 * c, 0}, {0, 0, 3}, {60, 56, 42})},
          {"sheared", round({2, 0, 0}, {0, 2, 0}, {0, 0.5, 3}, {50, 50, 42})}};
}

} // namespace

TEST_CASE(
    "a label map comes back on the image's own grid, however that lies and however the network's axes lie") {
  for (const auto& [name, grid] : grids())
    for (const std::array<char, 3> axes :
         {std::array{'S', 'P', 'L'}, std::array{'R', 'A', 'S'}, std::array{'k', 'j', 'i'}})
      for (const bool likeNnUnet : {false, true}) {
        INFO(name << " " << axes[0] << axes[1] << axes[2] << (likeNnUnet ? " splines" : " linear"));
        ModelCard card = cardOf(axes);
        card.labels->likeNnUnet = likeNnUnet;
        const auto out = labelled(*drawnOn(grid), card);
        REQUIRE(out);
        CHECK(out->codeAt(grid, {0, 0, 42}) == 22);
        CHECK(out->codeAt(grid, {15, 10, 35}) == 22);
        CHECK(out->codeAt(grid, {-15, -9, 8}) == 23);
        CHECK(out->codeAt(grid, {12, -6, -34}) == 26);
        CHECK(out->codeAt(grid, {36, 26, 0}) == 0); // the network knows it, we do not
        CHECK(out->codeAt(grid, {-36, 0, 0}) == 0);
        REQUIRE(out->result.structures.size() == 3);
        // L4 is 40 x 30 x 25 mm; its blurred border counts as background.
        double voxels = 0;
        for (const std::uint16_t label : out->bones)
          voxels += label == 2;
        CHECK(voxels * grid.voxelVolumeMm3() == Approx(40.0 * 30 * 25).epsilon(0.5));
        REQUIRE(out->result.warnings.size() == 1);
        CHECK(out->result.warnings[0].find("left out: aorta (") != std::string::npos);
      }
}

TEST_CASE("a tensor's axes lead where the card says, on every grid") {
  /// The second class in the upper half of the window's last axis.
  class Upper : public Network {
   public:
    int channels() const override { return 2; }
    Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
      m_out.assign(2 * window.size(), 0.5f);
      for (std::size_t n = 0; n < window.size(); ++n)
        m_out[window.size() + n] = 2 * int(n % std::size_t(shape[2])) >= shape[2] ? 1.0f : 0.0f;
      return std::span<const float>(m_out);
    }

   private:
    std::vector<float> m_out;
  };
  const std::map<char, VectorLps> directions{{'L', {1, 0, 0}},  {'R', {-1, 0, 0}}, {'P', {0, 1, 0}},
                                             {'A', {0, -1, 0}}, {'S', {0, 0, 1}},  {'I', {0, 0, -1}}};
  for (const auto& [name, grid] : grids())
    for (const std::array<char, 3> axes :
         {std::array{'S', 'P', 'L'}, std::array{'S', 'A', 'R'}, std::array{'L', 'S', 'P'},
          std::array{'R', 'I', 'A'}, std::array{'P', 'R', 'S'}, std::array{'A', 'L', 'I'}}) {
      INFO(name << " " << axes[0] << axes[1] << axes[2]);
      ModelCard card = cardOf(axes);
      card.labels->patch = {80, 80, 80};
      card.labels->codes = {0, 23};
      Upper network;
      const auto winners = winningChannels(network, *card.labels, card, *drawnOn(grid), {});
      REQUIRE(winners);
      for (const double mm : {-25.0, -8.0, 8.0, 25.0}) {
        const PointLps p = middle + directions.at(axes[2]) * mm;
        CHECK((*winners)[grid.offset(nearestIndex(grid.toIjk(p)))] == (mm > 0 ? 1 : 0));
      }
    }
}

TEST_CASE("voxels that were not acquired weigh nothing in the mean, and a constant image is no error") {
  const Grid grid = grids().at("as acquired");
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {}, VolumeMeaning::Unknown, -2000.0).value();
  auto voxels = builder.voxels<std::int16_t>();
  for (std::size_t n = 0; n < voxels.size(); ++n)
    voxels[n] = n % 2 ? std::int16_t(-2000) : std::int16_t(7);
  ModelCard card = cardOf();
  card.labels->zScore = true;
  const auto out = labelled(*std::move(builder).freeze(), card);
  REQUIRE(out);
  CHECK(out->result.structures.empty()); // all are zero after it: background
  CHECK(out->result.warnings == std::vector<std::string>{"No spine was found."});
}

TEST_CASE("one level in two places stays at the larger one, and it is said") {
  const Grid grid = grids().at("as acquired");
  ModelCard card = cardOf();
  card.labels->codes = {0, 23, 23, 26, 0}; // L3 is called L4 too
  const auto out = labelled(*drawnOn(grid), card);
  REQUIRE(out);
  const bool upper = out->codeAt(grid, {0, 0, 42}) == 23, lower = out->codeAt(grid, {0, 0, 8}) == 23;
  CHECK(upper != lower);
  REQUIRE(out->result.warnings.size() == 2);
  CHECK(out->result.warnings[1].starts_with("The network found L4 in two places: the smaller one ("));
}

TEST_CASE("padding and windows of a size of their own do not move a label") {
  const Grid grid = test::gridRound({0, 0, 8}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2.5}, {22, 16, 12});
  const auto out = labelled(*drawnOn(grid)); // smaller than a window on every axis
  REQUIRE(out);
  for (int k = 0; k < 12; ++k) {
    const PointLps p = grid.toLps(IndexIjk{10, 8, k});
    CHECK(out->codeAt(grid, p) == (valueAt(p) == 800 ? 23 : 0));
  }
}

TEST_CASE("averaging over flips gives each flip the same say") {
  /// Scores that depend on the place within the window, which mirrored ones must even out.
  class BySide : public Network {
   public:
    int channels() const override { return 2; }
    Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
      m_out.resize(2 * window.size());
      for (std::size_t n = 0; n < window.size(); ++n) {
        const bool firstHalf = n % std::size_t(shape[2]) < std::size_t(shape[2]) / 2;
        m_out[n] = 1.5f;
        m_out[window.size() + n] = window[n] > 2 && firstHalf ? 4.0f : 0.0f;
      }
      return std::span<const float>(m_out);
    }

   private:
    std::vector<float> m_out;
  };
  const Grid grid = test::gridRound({0, 0, 8}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2.5}, {32, 32, 24});
  ModelCard card = cardOf();
  card.labels->codes = {0, 23};
  card.labels->names = {"", "L4"};
  card.labels->isBackground = {true, false};
  const auto share = [&](const std::vector<int>& axes) {
    card.labels->mirrorAxes = axes;
    BySide network;
    const auto winners = winningChannels(network, *card.labels, card, *drawnOn(grid), {});
    REQUIRE(winners);
    std::array<double, 2> found{};
    for (int i = 0; i < 32; ++i)
      found[i < 16 ? 0 : 1] += (*winners)[grid.offset({i, 16, 12})];
    return found;
  };
  CHECK(share({})[0] > 8);
  CHECK(share({})[1] == 0);
  CHECK(share({2})[0] > 8);
  CHECK(share({2})[1] > 8);
}

TEST_CASE("too little memory is said before any work, and a stop ends it") {
  const Grid grid = grids().at("fine");
  SegmentOptions options;
  options.memoryLimitMiB = 100;
  const auto refused = labelled(*drawnOn(grid), cardOf(), options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::OutOfMemory);
  std::stop_source stop;
  stop.request_stop();
  const auto cancelled = labelled(*drawnOn(grid), cardOf(), {}, {stop.get_token(), {}});
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code == ErrorCode::Cancelled);
}

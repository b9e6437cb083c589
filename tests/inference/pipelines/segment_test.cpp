// The whole pipeline with a network whose answer is known: it reads class and votes off the values it is
// given.
#include "inference/pipelines/resample.h"
#include "inference/pipelines/segment.h"
#include "tests/inference/support/spine_input.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

using namespace spondyl;
using namespace spondyl::inference;
using spondyl::test::SimpleSpine;

namespace {

ModelCard cardOf() {
  ModelCard card;
  card.name = "known-answer";
  card.modality = "ct";
  card.classes.assign(segmentationClasses.begin(), segmentationClasses.end());
  card.windowShapes = {{64, 64, 64}};
  return card;
}

/// Class from the value; votes for the nearest body's centre, which it knows. One window must cover the
/// field.
class KnownAnswer : public Network {
 public:
  KnownAnswer(const SimpleSpine& spine, const Grid& input)
      : m_spine(spine), m_grid(networkGrid(input, 2.0).value()) {}
  int channels() const override { return 12; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
    const std::size_t count = window.size();
    m_out.assign(12 * count, 0.0f);
    for (int z = 0; z < shape[0]; ++z)
      for (int y = 0; y < shape[1]; ++y)
        for (int x = 0; x < shape[2]; ++x) {
          const std::size_t at =
              (std::size_t(z) * std::size_t(shape[1]) + std::size_t(y)) * std::size_t(shape[2]) +
              std::size_t(x);
          const double hu = window[at] * 300.0 + 100.0;
          const double body = std::clamp((hu - 300) / 900, 0.0, 1.0),
                       arch = std::clamp(1 - std::abs(hu) / 300, 0.0, 1.0);
          m_out[count + at] = float(body);
          m_out[2 * count + at] = float(arch);
          m_out[at] = float(1 - body - arch);
          const PointLps p = m_grid.toLps(IndexIjk{x, y, z});
          PointLps centre = m_spine.centre(0);
          for (int n = 1; n < m_spine.count; ++n)
            if (distance(p, m_spine.centre(n)) < distance(p, centre))
              centre = m_spine.centre(n);
          const VectorLps d = centre - p;
          m_out[8 * count + at] = float(d.z / 20);
          m_out[9 * count + at] = float(d.y / 20);
          m_out[10 * count + at] = float(d.x / 20);
          m_out[11 * count + at] = 21.0f / 24.0f;
        }
    return std::span<const float>(m_out);
  }

 private:
  SimpleSpine m_spine;
  Grid m_grid;
  std::vector<float> m_out;
};

struct Segmented {
  SegmentResult result;
  std::vector<std::uint16_t> bones, canal;
};

Result<Segmented> segmented(Network& network, const Volume& volume, const SegmentOptions& options = {}) {
  Segmented s;
  s.bones.resize(volume.size().count());
  s.canal.resize(volume.size().count());
  SPONDYL_TRY(s.result, segmentSpine(network, cardOf(), volume, options, {}, {s.bones, s.canal}));
  return s;
}

/// Centre of the voxels with one label, patient space.
PointLps centreOf(const Segmented& s, const Grid& grid, std::uint16_t label) {
  VectorLps sum;
  double count = 0;
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i)
        if (s.bones[grid.offset({i, j, k})] == label) {
          sum = sum + (grid.toLps(IndexIjk{i, j, k}) - PointLps{});
          ++count;
        }
  return PointLps{} + sum / std::max(1.0, count);
}

std::uint16_t labelOf(const SegmentResult& r, int vertebra, Part part) {
  for (const ResultStructure& s : r.structures)
    if (s.vertebra == vertebra && s.part == part)
      return s.label;
  return 0;
}

const PointLps middle{5, 5, -11};

std::map<std::string, Grid> grids() {
  const double c = std::cos(0.35), s = std::sin(0.35);
  const auto round = [](VectorLps i, VectorLps j, VectorLps k, GridSize n) {
    return test::gridRound(middle, i, j, k, n);
  };
  return {{"isotropic LPS", round({2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {50, 50, 80})},
          {"fine in plane, thick slices", round({1, 0, 0}, {0, 1, 0}, {0, 0, 4}, {100, 100, 40})},
          {"flipped left-right and up-down (RAS order)",
           round({-1.5, 0, 0}, {0, -1.5, 0}, {0, 0, 2.5}, {66, 66, 64})},
          {"left-handed", round({1.5, 0, 0}, {0, 1.5, 0}, {0, 0, -2.5}, {66, 66, 64})},
          {"sagittal stack", round({0, 1.2, 0}, {0, 0, -1.2}, {3, 0, 0}, {84, 134, 34})},
          {"oblique", round(VectorLps{c, 0, s} * 1.5, {0, 1.5, 0}, VectorLps{-s, 0, c} * 3.0, {76, 66, 56})},
          {"sheared by gantry tilt", round({1.5, 0, 0}, {0, 1.5, 0}, {0, 0.9, 3}, {66, 90, 54})}};
}

} // namespace

TEST_CASE("what the network sees is labelled where it is, on any grid, and left stays left") {
  const SimpleSpine spine;
  for (const auto& [name, grid] : grids()) {
    INFO(name);
    const VolumePtr volume = test::drawn(spine, grid);
    KnownAnswer network(spine, grid);
    const auto s = segmented(network, *volume);
    REQUIRE(s);
    REQUIRE(s->result.vertebrae.size() == 4);
    for (int n = 0; n < spine.count; ++n) {
      const ResultVertebra& v = s->result.vertebrae[std::size_t(n)];
      CHECK(v.place == n + 1);
      CHECK(distance(v.centroid, spine.centre(n)) < 1.0);
      const std::uint16_t body = labelOf(s->result, n + 1, Part::VertebralBody),
                          arch = labelOf(s->result, n + 1, Part::PosteriorElements);
      REQUIRE(body != 0);
      REQUIRE(arch != 0);
      CHECK(distance(centreOf(*s, grid, body), spine.centre(n)) < 1.0);
      const VectorLps toArch = centreOf(*s, grid, arch) - spine.centre(n);
      CHECK(toArch.y > 5); // posterior
      if (n == spine.knobOf)
        CHECK(toArch.x > 5); // the knob is on the left
      else
        CHECK(std::abs(toArch.x) < 1.5);
    }
    const auto at = [&](PointLps p) { return s->bones[grid.offset(nearestIndex(grid.toIjk(p)))]; };
    CHECK(at(spine.knob()) == labelOf(s->result, spine.knobOf + 1, Part::PosteriorElements));
    const PointLps mirrored = spine.centre(spine.knobOf) + VectorLps{-27, 8, 0};
    CHECK(at(mirrored) == 0);
  }
}

TEST_CASE("labels on a finer grid than the network's are smooth, with the volume of the thing") {
  const SimpleSpine spine;
  const Grid grid = test::gridRound(middle, {0.8, 0, 0}, {0, 0.8, 0}, {0, 0, 1}, {120, 120, 150});
  KnownAnswer network(spine, grid);
  const auto s = segmented(network, *test::drawn(spine, grid));
  REQUIRE(s);
  const std::uint16_t body = labelOf(s->result, 2, Part::VertebralBody);
  const int k = int(std::lround(grid.toIjk(spine.centre(1)).k));
  const int j0 = int(std::lround(grid.toIjk(spine.centre(1)).j));
  std::array<int, 3> widths{};
  for (int row = 0; row < 3; ++row)
    for (int i = 0; i < grid.size().i; ++i)
      widths[std::size_t(row)] += s->bones[grid.offset({i, j0 + 12 + row, k})] == body;
  // The three rows lie within 2.4 mm, less than two network voxels; a blocky result gives two of them the
  // same width.
  CHECK(widths[0] > widths[1]);
  CHECK(widths[1] > widths[2]);
}

TEST_CASE("zero weights find nothing") {
  class Zero : public Network {
   public:
    int channels() const override { return 12; }
    Result<std::span<const float>> run(std::span<const float> window, const Shape&) override {
      m_out.assign(12 * window.size(), 0.0f);
      std::fill_n(m_out.begin(), 8 * window.size(), 0.125f);
      return std::span<const float>(m_out);
    }

   private:
    std::vector<float> m_out;
  } network;
  const SimpleSpine spine;
  const Grid grid = test::gridRound(middle, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {50, 50, 80});
  const auto s = segmented(network, *test::drawn(spine, grid));
  REQUIRE(s);
  CHECK(s->result.vertebrae.empty());
  CHECK(s->result.structures.empty());
  CHECK(s->result.naming == "ask");
  CHECK(s->result.warnings == std::vector<std::string>{"No spine was found."});
  CHECK(std::all_of(s->bones.begin(), s->bones.end(), [](auto v) { return v == 0; }));
}

TEST_CASE("a vertebra that the images cut is not whole") {
  const SimpleSpine spine;
  // The topmost body's centre lies 4 mm below the upper edge.
  const Grid grid = test::gridRound({5, 5, -31}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {50, 50, 75});
  KnownAnswer network(spine, grid);
  const auto s = segmented(network, *test::drawn(spine, grid));
  REQUIRE(s);
  REQUIRE(s->result.vertebrae.size() == 4);
  CHECK_FALSE(s->result.vertebrae[0].whole);
  CHECK_FALSE(s->result.vertebrae[0].note.empty());
  CHECK(s->result.vertebrae[1].whole);
  CHECK(s->result.vertebrae[3].whole);
}

TEST_CASE("work that cannot fit the memory allowed is refused before it begins") {
  const SimpleSpine spine;
  const Grid grid = test::gridRound(middle, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {50, 50, 80});
  KnownAnswer network(spine, grid);
  const auto s = segmented(network, *test::drawn(spine, grid), {std::nullopt, 64});
  REQUIRE_FALSE(s);
  CHECK(s.error().code == ErrorCode::OutOfMemory);
  CHECK(estimatedMemoryMiB(grid, cardOf()) > 64);
}

namespace {

ModelCard mrCard() {
  ModelCard card = cardOf();
  card.modality = "mr";
  card.percentiles = PercentileRule{};
  card.outsideValue = -2;
  card.classes.push_back("cord");
  return card;
}

/// The same, with a ninth class: a tube of canal beside the column, in its middle the cord.
class WithCord : public Network {
 public:
  WithCord(const SimpleSpine& spine, const Grid& input)
      : m_inner(spine, input), m_grid(networkGrid(input, 2.0).value()), m_axis(axisOf(spine)) {}
  static PointLps axisOf(const SimpleSpine& spine) { return spine.centre(0) + VectorLps{34, 0, 0}; }
  int channels() const override { return 13; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
    std::vector<float> hounsfield(window.begin(), window.end());
    SPONDYL_TRY(const auto inner, m_inner.run(hounsfield, shape));
    const std::size_t count = window.size();
    m_out.assign(13 * count, 0.0f);
    std::copy_n(inner.begin(), 8 * count, m_out.begin());
    std::copy_n(inner.begin() + std::ptrdiff_t(8 * count), 4 * count,
                m_out.begin() + std::ptrdiff_t(9 * count));
    for (std::size_t at = 0; at < count; ++at) {
      const auto row = std::size_t(shape[2]), slice = row * std::size_t(shape[1]);
      const PointLps p = m_grid.toLps(IndexIjk{int(at % row), int(at % slice / row), int(at / slice)});
      const double off = std::hypot(p.x - m_axis.x, p.y - m_axis.y);
      if (off > 9)
        continue;
      for (std::size_t c = 0; c < 8; ++c)
        m_out[c * count + at] = 0;
      m_out[5 * count + at] = off > 5 ? 1.0f : 0.2f;
      m_out[8 * count + at] = off > 5 ? 0.0f : 0.8f;
    }
    return std::span<const float>(m_out);
  }

 private:
  KnownAnswer m_inner;
  Grid m_grid;
  PointLps m_axis;
  std::vector<float> m_out;
};

} // namespace

TEST_CASE(
    "a network that tells the cord from the canal gives both, and offsets are read behind the ninth class") {
  const SimpleSpine spine;
  const Grid grid = test::gridRound(middle, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {64, 50, 80});
  const VolumePtr volume = test::drawn(spine, grid);
  WithCord network(spine, grid);
  ModelCard card = cardOf();
  card.classes.push_back("cord");
  card.windowShapes = {{80, 64, 64}};
  Segmented s;
  s.bones.resize(volume->size().count());
  s.canal.resize(volume->size().count());
  const auto result = segmentSpine(network, card, *volume, {}, {}, {s.bones, s.canal});
  REQUIRE(result);
  CHECK(result->vertebrae.size() == 4);
  const std::uint16_t canal = labelOf(*result, 0, Part::Canal), cord = labelOf(*result, 0, Part::Cord);
  REQUIRE(canal != 0);
  REQUIRE(cord != 0);
  const PointLps axis = WithCord::axisOf(spine);
  std::size_t cords = 0;
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i) {
        const PointLps p = grid.toLps(IndexIjk{i, j, k});
        const double off = std::hypot(p.x - axis.x, p.y - axis.y);
        const std::uint16_t label = s.canal[grid.offset({i, j, k})];
        cords += label == cord;
        if (off < 3)
          REQUIRE(label == cord);
        else if (off > 7 && off < 8)
          REQUIRE(label == canal);
      }
  CHECK(cords > 100);
}

TEST_CASE("MR values of any scale become the same input, and what was not acquired is told apart") {
  const SimpleSpine spine;
  const Grid grid = test::gridRound(middle, {1.5, 0, 0}, {0, 1.5, 0}, {0, 0, 3}, {60, 60, 40});
  const VolumePtr volume = test::drawn(spine, grid);
  const Grid wide =
      networkGrid(test::gridRound(middle, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {70, 50, 70}), 2.0).value();
  const ModelCard card = mrCard();
  const auto inputOf = [&](double slope, double intercept) {
    auto raw = resampleForNetwork(*volume, wide, 0, {}).value();
    for (float& v : raw)
      v = float(v * slope + intercept);
    normaliseAll(raw, normalisationOf(card, raw), outsideInput(card));
    return raw;
  };
  const auto one = inputOf(1, 0), other = inputOf(0.037, 12);
  std::size_t outside = 0;
  for (std::size_t n = 0; n < one.size(); ++n) {
    CHECK_FALSE(std::isnan(one[n]));
    REQUIRE(std::abs(one[n] - other[n]) < 2e-3f);
    REQUIRE((one[n] >= -2.0f && one[n] <= 3.0f));
    outside += one[n] == -2.0f;
  }
  CHECK(outside > one.size() / 20);
}

TEST_CASE("the percentiles of what was acquired become the two values that the card names") {
  std::vector<float> values(1001);
  for (std::size_t n = 0; n < values.size(); ++n)
    values[n] = float(n) * 0.5f;
  std::shuffle(values.begin(), values.end(), std::mt19937(3));
  values.insert(values.begin() + 100, 500, std::numeric_limits<float>::quiet_NaN());
  const ModelCard card = mrCard();
  const Normalisation n = normalisationOf(card, values);
  CHECK(normalised(10, n) == Approx(-1.5));
  CHECK(normalised(490, n) == Approx(1.5));
  CHECK(normalised(1e9, n) == Approx(3));
  CHECK(normalised(-1e9, n) == Approx(-2));
  CHECK(std::isfinite(normalised(1, normalisationOf(card, {}))));
}

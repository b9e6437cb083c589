// Uncertainty and saliency with networks whose answer is known, on grids of every kind.
#include "inference/pipelines/saliency.h"
#include "inference/pipelines/segment.h"
#include "inference/pipelines/uncertainty.h"
#include "tests/inference/support/spine_input.h"

#include <catch2/catch.hpp>

#include <functional>
#include <map>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

constexpr PointLps middle{5, 5, -11};
/// Bright (1200 HU) in tissue of 300 HU; on the patient's left, so that nothing can be mirrored unseen.
constexpr BoxLps bright{{24, -5, -22}, {44, 19, 6}};
constexpr float brightInput = (800 - 100) / 300.0f; ///< the network's input at the edge of it

ModelCard cardOf() {
  ModelCard card;
  card.name = "known-answer";
  card.modality = "ct";
  card.classes.assign(segmentationClasses.begin(), segmentationClasses.end());
  card.windowShapes = {{64, 64, 64}};
  return card;
}

VolumePtr drawnBox(const Grid& grid, const BoxLps& box) {
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {1, -1000}).value();
  auto voxels = builder.voxels<std::int16_t>();
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i)
        voxels[grid.offset({i, j, k})] = box.contains(grid.toLps(IndexIjk{i, j, k})) ? 2200 : 1300;
  return std::move(builder).freeze();
}

std::map<std::string, Grid> grids() {
  const double c = std::cos(0.35), s = std::sin(0.35);
  const auto round = [](VectorLps i, VectorLps j, VectorLps k, GridSize n) {
    return test::gridRound(middle, i, j, k, n);
  };
  return {{"isotropic LPS", round({2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {50, 50, 80})},
          {"fine in plane, thick slices", round({1, 0, 0}, {0, 1, 0}, {0, 0, 4}, {100, 100, 40})},
          {"flipped left-right (RAS order)", round({-1.5, 0, 0}, {0, -1.5, 0}, {0, 0, 2.5}, {66, 66, 64})},
          {"left-handed", round({1.5, 0, 0}, {0, 1.5, 0}, {0, 0, -2.5}, {66, 66, 64})},
          {"sagittal stack", round({0, 1.2, 0}, {0, 0, -1.2}, {3, 0, 0}, {84, 134, 34})},
          {"oblique", round(VectorLps{c, 0, s} * 1.5, {0, 1.5, 0}, VectorLps{-s, 0, c} * 3.0, {76, 66, 56})},
          {"sheared by gantry tilt", round({1.5, 0, 0}, {0, 1.5, 0}, {0, 0.9, 3}, {66, 90, 54})}};
}

/// Answers 12 channels; `probabilities` fills the eight classes (zero before), `runs` counts.
class Scripted : public Network {
 public:
  using Answer = std::function<void(std::span<const float> window, const Shape& shape, std::span<float> out)>;
  explicit Scripted(Answer answer) : m_answer(std::move(answer)) {}
  int channels() const override { return 12; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
    ++runs;
    m_out.assign(12 * window.size(), 0.0f);
    m_answer(window, shape, m_out);
    return std::span<const float>(m_out);
  }
  int runs = 0;

 private:
  Answer m_answer;
  std::vector<float> m_out;
};

/// What is bright is body, but only in the half of the window where x is large: the mirrored pass says no.
Scripted disagreeing() {
  return Scripted([](std::span<const float> window, const Shape& shape, std::span<float> out) {
    for (std::size_t at = 0; at < window.size(); ++at) {
      const bool body = window[at] > brightInput && int(at % std::size_t(shape[2])) >= shape[2] / 2;
      out[(body ? window.size() : 0) + at] = 1;
    }
  });
}

Scripted undecided() {
  return Scripted([](std::span<const float> window, const Shape&, std::span<float> out) {
    std::fill_n(out.begin(), 8 * window.size(), 0.125f);
  });
}

/// Sure of the body, everywhere, by how much of the bright box it sees.
Scripted lookingAtTheBox(double voxels) {
  return Scripted([voxels](std::span<const float> window, const Shape&, std::span<float> out) {
    double seen = 0;
    for (const float v : window)
      seen += v > brightInput;
    const auto body = float(std::min(1.0, seen / voxels));
    std::fill_n(out.begin(), window.size(), 1 - body);
    std::fill_n(out.begin() + std::ptrdiff_t(window.size()), window.size(), body);
  });
}

/// Distance to the box's surface, mm; negative inside.
double outside(PointLps p, const BoxLps& box) {
  return std::max({box.low.x - p.x, p.x - box.high.x, box.low.y - p.y, p.y - box.high.y, box.low.z - p.z,
                   p.z - box.high.z});
}

double coarsest(const Grid& grid) {
  const auto s = grid.spacing();
  return std::max({s[0], s[1], s[2], 2.0});
}

struct Mapped {
  ScalarMapResult result;
  std::vector<std::uint16_t> map;
};

Result<Mapped> uncertaintyOf(Network& network, const Volume& volume,
                             const std::optional<BoxLps>& box = std::nullopt, double memoryMiB = 0,
                             const JobContext& job = {}) {
  Mapped m;
  m.map.assign(volume.size().count(), 7);
  SPONDYL_TRY(m.result, uncertaintyMap(network, cardOf(), volume, box, memoryMiB, job, m.map));
  return m;
}

/// The voxels within a ball stand for a vertebra.
std::vector<std::uint8_t> ball(const Grid& grid, PointLps centre, double radius) {
  std::vector<std::uint8_t> out(grid.size().count());
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i)
        out[grid.offset({i, j, k})] = distance(grid.toLps(IndexIjk{i, j, k}), centre) < radius;
  return out;
}

template <class F>
void forVoxels(const Grid& grid, F&& f) {
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i)
        f(grid.toLps(IndexIjk{i, j, k}), grid.offset({i, j, k}));
}

} // namespace

TEST_CASE("where the mirrored pass disagrees the entropy is that of a coin, elsewhere zero, on any grid") {
  // Two of eight classes are equally likely: ln 2 / ln 8.
  const double coin = 1.0 / 3;
  for (const auto& [name, grid] : grids()) {
    INFO(name);
    const VolumePtr volume = drawnBox(grid, bright);
    Scripted network = disagreeing();
    const auto m = uncertaintyOf(network, *volume);
    REQUIRE(m);
    CHECK(network.runs == 2);
    CHECK(m->result.passes == 2);
    CHECK(m->result.maximum == Approx(coin).margin(1e-3));
    const double tolerance = 0.75 * coarsest(grid) + 1;
    std::size_t inside = 0, wrong = 0;
    forVoxels(grid, [&](PointLps p, std::size_t at) {
      const double far = outside(p, bright), value = m->map[at] / scalarMapOne;
      inside += far < -tolerance;
      wrong += (far < -tolerance && std::abs(value - coin) > 1e-3) || (far > tolerance && value > 0);
    });
    CHECK(wrong == 0);
    CHECK(inside > 50);
  }
}

TEST_CASE("a network that says the same of the mirrored image is certain everywhere") {
  for (const auto& [name, grid] : grids()) {
    INFO(name);
    Scripted network([](std::span<const float> window, const Shape&, std::span<float> out) {
      for (std::size_t at = 0; at < window.size(); ++at)
        out[(window[at] > brightInput ? window.size() : 0) + at] = 1;
    });
    const auto m = uncertaintyOf(network, *drawnBox(grid, bright));
    REQUIRE(m);
    CHECK(network.runs == 2);
    CHECK(m->result.maximum == 0); // the mirrored answer was turned back before it was compared
  }
}

TEST_CASE("a network that knows nothing has entropy one, inside the box that was asked for alone") {
  for (const auto& [name, grid] : grids()) {
    INFO(name);
    const VolumePtr volume = drawnBox(grid, bright);
    Scripted network = undecided();
    const auto m = uncertaintyOf(network, *volume, bright);
    REQUIRE(m);
    CHECK(m->result.maximum == 1.0);
    CHECK(m->result.mean == Approx(1.0));
    const BoxLps& computed = m->result.computed;
    CHECK(std::abs(computed.low.x - bright.low.x) < 2.01);
    CHECK(std::abs(computed.high.z - bright.high.z) < 2.01);
    std::size_t inside = 0, wrong = 0;
    forVoxels(grid, [&](PointLps p, std::size_t at) {
      const double far = outside(p, computed);
      inside += far < -0.01;
      wrong += (far < -0.01 && m->map[at] != 65535) || (far > 0.01 && m->map[at] != 0);
    });
    CHECK(wrong == 0);
    CHECK(inside > 100);
  }
  const Grid grid = grids().at("oblique");
  Scripted network = undecided();
  const auto beyond = uncertaintyOf(network, *drawnBox(grid, bright), BoxLps{{500, 0, 0}, {510, 9, 9}});
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().code == ErrorCode::UnknownItem);
}

TEST_CASE("an uncertainty map in many windows is the map in one") {
  const Grid grid = test::gridRound(middle, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {64, 64, 160});
  const VolumePtr volume = drawnBox(grid, bright);
  const auto byValue = [] {
    return Scripted([](std::span<const float> window, const Shape&, std::span<float> out) {
      for (std::size_t at = 0; at < window.size(); ++at) {
        const float body = window[at] > brightInput ? 0.75f : 0.1f;
        out[at] = 1 - body;
        out[window.size() + at] = body;
      }
    });
  };
  Scripted one = byValue(), many = byValue();
  const auto whole = uncertaintyOf(one, *volume);
  ModelCard card = cardOf();
  card.windowShapes = {{32, 32, 32}};
  // Memory for the smallest windows only.
  const double tight =
      uncertaintyMemoryMiB(grid, card, leastWindowVoxels) + double(volume->byteCount()) / (1 << 20) + 20;
  Mapped small;
  small.map.assign(volume->size().count(), 0);
  const auto parted = uncertaintyMap(many, card, *volume, {}, tight, {}, small.map);
  REQUIRE(whole);
  REQUIRE(parted);
  CHECK(many.runs > one.runs);
  int worst = 0;
  for (std::size_t n = 0; n < small.map.size(); ++n)
    worst = std::max(worst, std::abs(int(small.map[n]) - int(whole->map[n])));
  CHECK(worst <= 7); // 1e-4
}

TEST_CASE("maps are stopped between two runs of the network and refused without memory before the first") {
  const Grid grid = grids().at("isotropic LPS");
  const VolumePtr volume = drawnBox(grid, bright);
  const auto structure = ball(grid, middle, 14);
  std::vector<std::uint16_t> map(grid.size().count());
  std::stop_source stop;
  Scripted stopping([&](std::span<const float> window, const Shape&, std::span<float> out) {
    stop.request_stop();
    std::fill_n(out.begin(), window.size(), 1.0f);
  });
  const auto stopped = uncertaintyOf(stopping, *volume, {}, 0, {stop.get_token(), {}});
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::Cancelled);
  CHECK(stopping.runs == 1);

  std::stop_source second;
  int runs = 0;
  Scripted stoppingThird([&](std::span<const float> window, const Shape&, std::span<float> out) {
    if (++runs == 3)
      second.request_stop();
    std::fill_n(out.begin(), window.size(), 1.0f);
  });
  const auto halted = saliencyMap(stoppingThird, cardOf(), *volume, structure, SaliencyTarget::Vertebra, 0,
                                  {second.get_token(), {}}, map);
  REQUIRE_FALSE(halted);
  CHECK(halted.error().code == ErrorCode::Cancelled);
  CHECK(runs == 3);

  Scripted unused = undecided();
  const auto refused = uncertaintyOf(unused, *volume, {}, 64);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::OutOfMemory);
  const auto refusedToo =
      saliencyMap(unused, cardOf(), *volume, structure, SaliencyTarget::Vertebra, 64, {}, map);
  REQUIRE_FALSE(refusedToo);
  CHECK(refusedToo.error().code == ErrorCode::OutOfMemory);
  CHECK(unused.runs == 0);
}

TEST_CASE("saliency finds the cube that a network looks at, on any grid") {
  constexpr BoxLps cube{{26, -2, -18}, {40, 12, -4}};
  constexpr PointLps centre{33, 5, -11};
  for (const auto& [name, grid] : grids()) {
    INFO(name);
    const VolumePtr volume = drawnBox(grid, cube);
    Scripted network = lookingAtTheBox(2 * 14 * 14 * 14 / 8.0); // never all of it
    std::vector<std::uint16_t> map(grid.size().count(), 7);
    double last = 0;
    bool falling = false;
    const auto result = saliencyMap(network, cardOf(), *volume, ball(grid, middle, 14),
                                    SaliencyTarget::Vertebra, 0, {{}, Progress([&](const ProgressReport& r) {
                                                                    falling = falling || r.fraction < last;
                                                                    last = r.fraction;
                                                                  })},
                                    map);
    REQUIRE(result);
    CHECK_FALSE(falling);
    CHECK(last == 1.0);
    CHECK(result->passes <= saliencyPassLimit);
    CHECK(network.runs == result->passes + 1);
    CHECK(result->cubeMm >= 12);
    CHECK(result->cubeMm <= 16);
    CHECK(result->mean > 0.3);
    CHECK(result->mean < 1);
    CHECK(result->maximum > result->mean / 10); // in the worst place eight cubes share it
    CHECK(result->warnings.empty());
    VectorLps sum;
    double weights = 0;
    std::size_t far = 0;
    forVoxels(grid, [&](PointLps p, std::size_t at) {
      sum = sum + (p - PointLps{}) * double(map[at]);
      weights += map[at];
      // A cube that touches it is as far as the map can tell; then interpolation.
      far += outside(p, cube) > 2 * result->cubeMm + coarsest(grid) && map[at] > 0;
    });
    CHECK(far == 0);
    CHECK(distance(PointLps{} + sum / weights, centre) < result->cubeMm / 2);
  }
}

TEST_CASE("a network that looks nowhere in particular has no saliency, and that is said") {
  const Grid grid = grids().at("left-handed");
  Scripted network([](std::span<const float> window, const Shape&, std::span<float> out) {
    std::fill_n(out.begin() + std::ptrdiff_t(3 * window.size()), window.size(), 0.9f);
  });
  std::vector<std::uint16_t> map(grid.size().count(), 7);
  const VolumePtr volume = drawnBox(grid, bright);
  const auto structure = ball(grid, middle, 14);
  const auto result = saliencyMap(network, cardOf(), *volume, structure, SaliencyTarget::Disc, 0, {}, map);
  REQUIRE(result);
  CHECK(result->mean == Approx(0.9));
  CHECK(result->maximum == 0);
  CHECK(result->warnings.size() == 1);
  CHECK(std::all_of(map.begin(), map.end(), [](auto v) { return v == 0; }));

  ModelCard blind = cardOf();
  blind.classes[3] = "other";
  const auto none = saliencyMap(network, blind, *volume, structure, SaliencyTarget::Disc, 0, {}, map);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::ModelUnsuitable);
  const std::vector<std::uint8_t> nothing(grid.size().count());
  const auto empty = saliencyMap(network, cardOf(), *volume, nothing, SaliencyTarget::Disc, 0, {}, map);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code == ErrorCode::UnknownItem);
}

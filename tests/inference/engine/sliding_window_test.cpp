#include "inference/engine/sliding_window.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

/// Two channels: the value itself, and its square.
class PointNetwork : public Network {
 public:
  int channels() const override { return 2; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape&) override {
    ++calls;
    m_out.assign(window.begin(), window.end());
    for (const float v : window)
      m_out.push_back(v * v);
    if (poison)
      m_out[m_out.size() / 2] = std::numeric_limits<float>::quiet_NaN();
    if (stop && calls == 2)
      stop->request_stop();
    return std::span<const float>(m_out);
  }
  int calls = 0;
  bool poison = false;
  std::stop_source* stop = nullptr;

 private:
  std::vector<float> m_out;
};

std::vector<float> randomField(const Shape& size) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> value(-1, 4);
  std::vector<float> field(voxelCount(size));
  for (float& v : field)
    v = value(random);
  return field;
}

Result<std::vector<float>> slideAll(PointNetwork& network, const std::vector<float>& field, const Shape& size,
                                    const WindowPlan& plan, const WindowOptions& options = {},
                                    const JobContext& job = {}) {
  const std::size_t slice = std::size_t(size[1]) * std::size_t(size[2]);
  std::vector<float> out(2 * field.size());
  int expected = 0;
  SPONDYL_CHECK(
      slideOver(network, field, size, plan, options, job, [&](int z, std::span<const float> values) {
        CHECK(z == expected++);
        for (std::size_t c = 0; c < 2; ++c)
          std::copy_n(values.begin() + std::ptrdiff_t(c * slice), slice,
                      out.begin() + std::ptrdiff_t(c * field.size() + std::size_t(z) * slice));
      }));
  CHECK(expected == size[0]);
  return out;
}

/// Windows of one shape, every three quarters of it.
WindowPlan planOf(const Shape& size, const Shape& window) {
  WindowPlan plan;
  plan.window = window;
  for (std::size_t a = 0; a < 3; ++a) {
    int at = 0;
    for (; at + window[a] < size[a]; at += window[a] * 3 / 4)
      plan.starts[a].push_back(at);
    plan.starts[a].push_back(std::max(0, size[a] - window[a]));
  }
  return plan;
}

} // namespace

TEST_CASE("the result does not depend on the size of the windows") {
  const Shape size{41, 70, 33};
  const auto field = randomField(size);
  for (const Shape window : {Shape{16, 16, 16}, Shape{48, 32, 16}, Shape{32, 80, 48}, Shape{48, 80, 48}}) {
    PointNetwork network;
    const WindowPlan plan = planOf(size, window);
    const auto out = slideAll(network, field, size, plan);
    REQUIRE(out);
    double worst = 0;
    for (std::size_t n = 0; n < field.size(); ++n)
      worst = std::max({worst, double(std::abs((*out)[n] - field[n])),
                        double(std::abs((*out)[field.size() + n] - field[n] * field[n]))});
    CHECK(worst <= 1e-4);
    CHECK(network.calls == int(plan.windows()));
  }
}

TEST_CASE("windows cover the field, overlap as asked and keep to the limit") {
  for (const Shape size :
       {Shape{10, 10, 10}, Shape{300, 200, 180}, Shape{100, 97, 96}, Shape{1000, 40, 40}}) {
    const auto plan = planWindows(size, std::vector<Shape>{{96, 80, 80}, {96, 96, 96}}, 16, 0.25);
    CHECK(voxelCount(plan.window) <= windowVoxelLimit);
    for (std::size_t a = 0; a < 3; ++a) {
      const auto& starts = plan.starts[a];
      CHECK(plan.window[a] % 16 == 0);
      CHECK(starts.front() == 0);
      CHECK(starts.back() + plan.window[a] >= size[a]);
      for (std::size_t n = 1; n < starts.size(); ++n)
        CHECK(starts[n] - starts[n - 1] <= plan.window[a] * 0.75 + 1);
    }
  }
}

TEST_CASE("windows of air are not computed and come out as background") {
  const Shape size{64, 16, 16};
  std::vector<float> field(voxelCount(size), -1.0f);
  field[10 * 256 + 77] = 2.0f;
  PointNetwork network;
  WindowPlan small;
  small.window = {16, 16, 16};
  small.starts = {{{0, 16, 32, 48}, {0}, {0}}};
  const auto out = slideAll(network, field, size, small, {0.0, -1.0f, 0.0f});
  REQUIRE(out);
  CHECK(network.calls == 1);
  CHECK((*out)[10 * 256 + 77] == Approx(2.0f));
  CHECK((*out)[40 * 256] == 1.0f);                // background
  CHECK((*out)[field.size() + 40 * 256] == 0.0f); // nothing else
}

TEST_CASE("a value that is no number ends the run") {
  const Shape size{16, 16, 16};
  PointNetwork network;
  network.poison = true;
  const auto out = slideAll(network, randomField(size), size, planWindows(size, {}, 16, 0.25));
  REQUIRE_FALSE(out);
  CHECK(out.error().code == ErrorCode::ModelDamaged);
}

TEST_CASE("a stop is seen before the next window") {
  const Shape size{128, 16, 16};
  std::stop_source stop;
  PointNetwork network;
  network.stop = &stop;
  WindowPlan plan;
  plan.window = {16, 16, 16};
  plan.starts = {{{0, 16, 32, 48, 64, 80, 96, 112}, {0}, {0}}};
  const auto field = randomField(size);
  const auto status =
      slideOver(network, field, size, plan, {}, {stop.get_token(), {}}, [](int, std::span<const float>) {});
  REQUIRE_FALSE(status);
  CHECK(status.error().code == ErrorCode::Cancelled);
  CHECK(network.calls == 2);
}

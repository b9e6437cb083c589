// Fall-back between devices and half precision, decided on networks that follow a script: no GPU is needed.
#include "inference/engine/loaded_network.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <map>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

constexpr Shape large{32, 32, 32}, small{16, 16, 16};
constexpr int classes = 2;
const std::size_t smallest = voxelCount(small);

/// Two classes and one value: where the input is positive, class 1 has `probability`, the value is the
/// input's.
class Scripted final : public Network {
 public:
  explicit Scripted(float probability, float shift = 0) : m_probability(probability), m_shift(shift) {}
  int channels() const override { return classes + 1; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape&) override {
    ++calls;
    if (failAt.contains(calls))
      return failAt.at(calls);
    m_out.clear();
    for (const float v : window)
      m_out.push_back(v > 0 ? 1 - m_probability : 1.0f);
    for (const float v : window)
      m_out.push_back(v > 0 ? m_probability : 0.0f);
    for (const float v : window)
      m_out.push_back(v + m_shift);
    if (poisonAt == calls)
      m_out[5] = std::numeric_limits<float>::infinity();
    return std::span<const float>(m_out);
  }
  int calls = 0, poisonAt = 0;
  std::map<int, Error> failAt;

 private:
  float m_probability, m_shift;
  std::vector<float> m_out;
};

std::vector<float> field(const Shape& shape, float value = 1) {
  std::vector<float> out(voxelCount(shape), -1.0f);
  for (std::size_t n = 0; n < out.size() / 4; ++n)
    out[n] = value;
  return out;
}

const Error noMemory = fail(ErrorCode::OutOfMemory, {"9000", "8000"}, "test");
const Error broken =
    fail(ErrorCode::DeviceUnavailable, {"cuda:0 (CUDA error: unspecified launch failure)"}, "test");

/// Hands out scripted networks and remembers what was asked for.
struct Stage {
  std::map<std::string, std::function<Result<std::unique_ptr<Network>>()>> answers;
  std::vector<std::string> asked;
  LoadedNetwork::Loader loader() {
    return [this](const Device& device, Precision precision) -> Result<std::unique_ptr<Network>> {
      asked.push_back(device.name() + " " + precisionName(precision));
      const auto found = answers.find(asked.back());
      if (found != answers.end())
        return found->second();
      return std::unique_ptr<Network>(std::make_unique<Scripted>(device.cuda ? 0.9f : 0.8f));
    };
  }
};

/// P(class 1) of the first voxel: which network has answered (0.9: GPU, float32; 0.899: GPU, float16; 0.8:
/// CPU).
float first(const Result<std::span<const float>>& answer, const Shape& shape) {
  REQUIRE(answer);
  return (*answer)[voxelCount(shape)];
}

std::function<Result<std::unique_ptr<Network>>()> giving(float probability,
                                                         std::map<int, Error> failAt = {}) {
  return [=]() -> Result<std::unique_ptr<Network>> {
    auto network = std::make_unique<Scripted>(probability);
    network->failAt = failAt;
    return std::unique_ptr<Network>(std::move(network));
  };
}

const std::vector<Device> automatic{{true, 0}, {}};

} // namespace

TEST_CASE("half precision is used after a window that tells, and only where it agrees") {
  Scripted exact(0.9f), half(0.899f);
  ProbedNetwork network(exact, &half, Precision::Float16, classes);
  const std::vector<float> air(voxelCount(small), -1.0f), bone = field(small);
  CHECK(network.run(air, small)); // nothing but background: tells nothing
  CHECK(first(network.run(bone, small), small) == 0.9f);
  CHECK(network.precision() == std::string("float32"));
  CHECK(network.agreement().holds());
  CHECK(first(network.run(bone, small), small) == 0.899f);
  CHECK(network.precision() == std::string("float16"));
  CHECK(exact.calls == 2);
  network.begin(); // the next study asks anew
  CHECK(first(network.run(bone, small), small) == 0.9f);
  CHECK(network.precision() == std::string("float32"));
}

TEST_CASE("half precision that moves borders, probabilities or values, or fails, is not used") {
  const std::vector<float> bone = field(small);
  const auto staysExact = [&](Scripted half) {
    Scripted exact(0.9f);
    ProbedNetwork network(exact, &half, Precision::Float16, classes);
    for (int n = 0; n < 3; ++n)
      CHECK(first(network.run(bone, small), small) == 0.9f);
    CHECK(network.precision() == std::string("float32"));
    CHECK(half.calls == 1);
  };
  staysExact(Scripted(0.84f));       // 0.06 off
  staysExact(Scripted(0.4f));        // the other class wins
  staysExact(Scripted(0.9f, 0.03f)); // the value is off
  Scripted fails(0.9f), overflows(0.9f);
  fails.failAt = {{1, fail(ErrorCode::ModelDamaged, {"n", "not implemented for 'Half'"}, "test")}};
  staysExact(fails);
  overflows.poisonAt = 1;
  staysExact(overflows);
}

TEST_CASE("half precision that overflows later is given up from that window on") {
  Scripted exact(0.9f), half(0.899f);
  half.poisonAt = 3;
  ProbedNetwork network(exact, &half, Precision::Float16, classes);
  const std::vector<float> bone = field(small);
  std::vector<float> seen;
  for (int n = 0; n < 4; ++n)
    seen.push_back(first(network.run(bone, small), small));
  CHECK(seen == std::vector<float>{0.9f, 0.899f, 0.9f, 0.9f});
  CHECK(network.precision() == std::string("float16")); // one window was
}

TEST_CASE("agreement is measured per class, and a class of a few voxels does not count") {
  const std::size_t voxels = 10000;
  std::vector<float> a(2 * voxels, 0.0f);
  for (std::size_t n = 0; n < voxels; ++n)
    a[n < 2000 ? voxels + n : n] = 1;
  std::vector<float> b = a;
  for (std::size_t n = 0; n < 10; ++n)
    std::swap(b[n], b[voxels + n]);
  const Agreement agreement = agreementOf(a, b, voxels, 2);
  CHECK(agreement.telling);
  CHECK(agreement.dice == Approx(2.0 * 1990 / (2000 + 1990)));
  CHECK(agreement.probability == 1);
  CHECK_FALSE(agreement.holds());
  CHECK(agreementOf(a, a, voxels, 2).holds());

  std::vector<float> few(2 * voxels, 0.0f);
  for (std::size_t n = 0; n < voxels; ++n)
    few[n < 100 ? voxels + n : n] = 1;
  std::vector<float> none(2 * voxels, 0.0f);
  std::fill_n(none.begin(), voxels, 1.0f);
  CHECK(agreementOf(few, none, voxels, 2).dice > 0.99); // that of the background
}

TEST_CASE("a GPU that cannot load the network is left for the CPU, with a notice in every job") {
  Stage stage;
  stage.answers["cuda:0 float32"] = [] { return Result<std::unique_ptr<Network>>(broken); };
  LoadedNetwork network(automatic, classes, stage.loader());
  for (int job = 0; job < 2; ++job) {
    REQUIRE(network.begin(smallest));
    CHECK(first(network.run(field(large), large), large) == 0.8f);
    CHECK(network.device().name() == "cpu");
    REQUIRE(network.notices().size() == 1);
    CHECK(network.notices()[0] ==
          "The device cuda:0 could not be used (cuda:0 (CUDA error: unspecified launch "
          "failure)); the networks ran on cpu.");
  }
  CHECK(stage.asked == std::vector<std::string>{"cuda:0 float32", "cpu float32"}); // not tried again
}

TEST_CASE("a GPU that fails while it runs is left for good, and the window is not lost") {
  Stage stage;
  stage.answers["cuda:0 float32"] = giving(0.9f, {{2, broken}});
  stage.answers["cuda:0 float16"] = giving(0.4f); // does not agree
  LoadedNetwork network(automatic, classes, stage.loader());
  REQUIRE(network.begin(smallest));
  CHECK(first(network.run(field(large), large), large) == 0.9f);
  CHECK(network.device().name() == "cuda:0");
  CHECK(network.notices().empty());
  CHECK(first(network.run(field(large), large), large) == 0.8f);
  CHECK(network.device().name() == "cpu");
  CHECK(network.notices().size() == 1);
  REQUIRE(network.begin(smallest));
  CHECK(network.notices().size() == 1);
  CHECK(first(network.run(field(large), large), large) == 0.8f);
  CHECK(stage.asked == std::vector<std::string>{"cuda:0 float32", "cuda:0 float16", "cpu float32"});
}

TEST_CASE(
    "too little memory on a GPU asks for smaller windows first, then goes to the CPU for this job only") {
  Stage stage;
  stage.answers["cuda:0 float32"] = giving(0.9f, {{1, noMemory}, {2, noMemory}});
  LoadedNetwork network(automatic, classes, stage.loader());
  REQUIRE(network.begin(smallest));
  const auto refused = network.run(field(large), large);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::OutOfMemory);
  CHECK(network.device().name() == "cuda:0");
  CHECK(first(network.run(field(small), small), small) == 0.8f); // the smallest one did not fit either
  CHECK(network.device().name() == "cpu");
  REQUIRE(network.notices().size() == 1);
  CHECK(network.notices()[0].find("memory of cuda:0") != std::string::npos);
  stage.answers["cuda:0 float32"] = giving(0.9f);
  REQUIRE(network.begin(smallest));
  CHECK(network.device().name() == "cuda:0");
  CHECK(network.notices().empty());
  CHECK(first(network.run(field(large), large), large) == 0.9f);
}

TEST_CASE("a job that has no smaller windows goes to the CPU at once") {
  Stage stage;
  stage.answers["cuda:0 float32"] = giving(0.9f, {{1, noMemory}, {2, noMemory}});
  LoadedNetwork fixed(automatic, classes, stage.loader());
  REQUIRE(fixed.begin(voxelCount(large)));
  CHECK(first(fixed.run(field(large), large), large) == 0.8f);
  LoadedNetwork again(automatic, classes, stage.loader());
  REQUIRE(again.begin(smallest));
  CHECK_FALSE(again.run(field(large), large)); // it comes back with the same: there is no smaller one
  CHECK(first(again.run(field(large), large), large) == 0.8f);
}

TEST_CASE("a device that was named is binding: its failure is told, not mended") {
  Stage stage;
  stage.answers["cuda:0 float32"] = giving(0.9f, {{1, broken}});
  LoadedNetwork network({{true, 0}}, classes, stage.loader());
  REQUIRE(network.begin(smallest));
  const auto answer = network.run(field(large), large);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::DeviceUnavailable);
  CHECK(network.notices().empty());
  stage.answers["cuda:0 float32"] = [] { return Result<std::unique_ptr<Network>>(noMemory); };
  LoadedNetwork full({{true, 0}}, classes, stage.loader());
  const Status begun = full.begin(smallest);
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == ErrorCode::OutOfMemory);
}

TEST_CASE("a network that is wrong everywhere is told as the CPU tells it") {
  Stage stage;
  const Error wrong = fail(ErrorCode::ModelDamaged, {"n", "too small"}, "test");
  stage.answers["cuda:0 float32"] = giving(0.9f, {{1, wrong}});
  stage.answers["cpu float32"] = giving(0.8f, {{1, wrong}});
  LoadedNetwork network(automatic, classes, stage.loader());
  REQUIRE(network.begin(smallest));
  const auto answer = network.run(field(large), large);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::ModelDamaged);
}

TEST_CASE("half precision that was used before a GPU failed stays in the result's precision") {
  Stage stage;
  stage.answers["cuda:0 float16"] = giving(0.899f, {{3, broken}});
  stage.answers["cuda:0 float32"] = giving(0.9f, {{2, broken}});
  LoadedNetwork network(automatic, classes, stage.loader());
  REQUIRE(network.begin(smallest));
  CHECK(first(network.run(field(large), large), large) == 0.9f);
  CHECK(first(network.run(field(large), large), large) == 0.899f);
  CHECK(first(network.run(field(large), large), large) == 0.8f);
  CHECK(network.device().name() == "cpu");
  CHECK(network.precision() == "float16");
}

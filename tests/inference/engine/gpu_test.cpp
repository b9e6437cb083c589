// On a machine with a GPU that LibTorch can use: the network that ships answers there as on the CPU.
// Elsewhere skipped, and said.
#include "inference/engine/allocator.h"
#include "inference/engine/loaded_network.h"
#include "inference/engine/session.h"

#include <catch2/catch.hpp>

#include <random>

using namespace spondyl;
using namespace spondyl::inference;

TEST_CASE("the network that ships answers on a GPU as on the CPU, in both precisions") {
  if (usableGpus() == 0) {
    WARN("SKIPPED: no GPU that this LibTorch can use");
    return;
  }
  installCachingAllocator();
  constexpr int classes = 8, values = 4;
  const Shape shape{96, 80, 80};
  const Path file = Path(SPONDYL_CARDS_FOLDER) / "spine-ct" / "model.pt";
  const NetworkSpec spec{"spine-ct", file, sha256OfFile(file).value(), classes, values, false, classes + 2};
  // Bone-like blobs in soft tissue, so that several classes win somewhere.
  std::mt19937 random(9);
  std::normal_distribution<float> grain(0, 0.1f);
  std::vector<float> window(voxelCount(shape));
  for (std::size_t n = 0; n < window.size(); ++n) {
    const std::size_t x = n % 80, y = n / 80 % 80, z = n / 6400;
    const bool bone = (z / 12) % 2 == 0 && x > 25 && x < 55 && y > 20 && y < 45;
    window[n] = (bone ? 1.0f : -0.2f) + grain(random);
  }
  const auto answerOf = [&](const Device& device, Precision precision) {
    auto session = Session::load(spec, device, precision);
    REQUIRE(session);
    const auto answer = (*session)->run(window, shape);
    REQUIRE(answer);
    const auto again = std::vector<float>(answer->begin(), answer->end());
    const auto twice = (*session)->run(window, shape);
    REQUIRE(twice);
    CHECK(std::equal(again.begin(), again.end(), twice->begin()));
    return again;
  };
  const auto onCpu = answerOf({}, Precision::Float32);
  const auto exact = answerOf({true, 0}, Precision::Float32), half = answerOf({true, 0}, Precision::Float16);
  const Agreement same = agreementOf(onCpu, exact, voxelCount(shape), classes);
  CHECK(same.probability < 1e-3);
  CHECK(same.value < 1e-3);
  const Agreement rounded = agreementOf(exact, half, voxelCount(shape), classes);
  WARN("float16 against float32 on the GPU: Dice of the worst class "
       << rounded.dice << ", probability " << rounded.probability << ", value " << rounded.value
       << (rounded.holds() ? ": used" : ": not used"));
  CHECK(rounded.finite);
}

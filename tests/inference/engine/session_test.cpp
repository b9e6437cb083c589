// The network that ships, as the engine runs it.
#include "inference/engine/allocator.h"
#include "inference/engine/session.h"
#include "inference/engine/sliding_window.h"

#include <catch2/catch.hpp>

#include <cstring>
#include <random>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

constexpr int classes = 8, values = 4;

Result<std::vector<float>> slid(bool mirror, int threads, const std::vector<float>& field,
                                const Shape& size) {
  setComputeThreads(threads);
  const Path file = Path(SPONDYL_CARDS_FOLDER) / "spine-ct" / "model.pt";
  SPONDYL_TRY(const std::string sha, sha256OfFile(file));
  SPONDYL_TRY(const auto session,
              Session::load({"spine-ct", file, sha, classes, values, mirror, classes + 2}, Device{}));
  std::vector<float> out;
  SPONDYL_CHECK(slideOver(*session, field, size,
                          planWindows(size, std::vector<Shape>{{64, 64, 64}}, 16, 0.25, 300'000), {}, {},
                          [&](int, std::span<const float> v) { out.insert(out.end(), v.begin(), v.end()); }));
  return out;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = a.size() == b.size() ? 0 : 1e9;
  for (std::size_t n = 0; n < std::min(a.size(), b.size()); ++n)
    largest = std::max(largest, std::abs(double(a[n]) - double(b[n])));
  return largest;
}

std::vector<float> noise(const Shape& size) {
  std::mt19937 random(9);
  std::normal_distribution<float> value(0, 1);
  std::vector<float> field(voxelCount(size));
  for (float& v : field)
    v = value(random);
  return field;
}

} // namespace

TEST_CASE("the network that ships gives the same bytes again and with any number of threads") {
  installCachingAllocator();
  const Shape size{64, 64, 96};
  const auto field = noise(size);
  const auto once = slid(false, 1, field, size);
  REQUIRE(once);
  CHECK(once->size() == field.size() * (classes + values));
  for (const int threads : {1, 2, 3}) {
    const auto again = slid(false, threads, field, size);
    REQUIRE(again);
    INFO(threads << " threads, largest difference " << largestDifference(*again, *once));
    CHECK(std::memcmp(again->data(), once->data(), once->size() * sizeof(float)) == 0);
  }
}

TEST_CASE("averaging with the mirrored input gives a mirrored answer for a mirrored input") {
  installCachingAllocator();
  const Shape size{64, 64, 64};
  const auto field = noise(size);
  std::vector<float> mirrored(field.size());
  const auto mirrorOf = [](std::size_t n) { return n - n % 64 + (63 - n % 64); };
  for (std::size_t n = 0; n < field.size(); ++n)
    mirrored[mirrorOf(n)] = field[n];
  const auto a = slid(true, 2, field, size), b = slid(true, 2, mirrored, size);
  REQUIRE(a);
  REQUIRE(b);
  const std::size_t slice = 64 * 64;
  double worst = 0;
  for (std::size_t n = 0; n < a->size(); ++n) {
    const bool alongX = n / slice % (classes + values) == classes + 2;
    worst = std::max(worst, std::abs(double((*a)[n]) - double((*b)[mirrorOf(n)]) * (alongX ? -1 : 1)));
  }
  CHECK(worst < 1e-4);
}

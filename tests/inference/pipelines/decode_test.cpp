#include "inference/pipelines/components.h"
#include "inference/pipelines/surroundings.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

ModelCard cardOf() {
  ModelCard card;
  card.classes.assign(segmentationClasses.begin(), segmentationClasses.end());
  return card;
}

/// A network's output painted by hand on a 2 mm grid.
class Canvas {
 public:
  explicit Canvas(Shape size) : m_size(size), m_values(12 * voxelCount(size), 0.0f) {
    std::fill_n(m_values.begin(), voxelCount(size), 1.0f);
  }
  /// A ball (voxel units z, y, x) of one class; its voxels vote for `vote` with `scatter` voxels of noise.
  void ball(FieldPoint at, double radius, SpineClass c, FieldPoint vote = {}, double level = 20,
            float p = 0.95f, double scatter = 0) {
    std::normal_distribution<double> noise(0, 1);
    const std::size_t count = voxelCount(m_size);
    for (int z = 0; z < m_size[0]; ++z)
      for (int y = 0; y < m_size[1]; ++y)
        for (int x = 0; x < m_size[2]; ++x) {
          if (std::pow(z - at.z, 2) + std::pow(y - at.y, 2) + std::pow(x - at.x, 2) > radius * radius)
            continue;
          const std::size_t n =
              (std::size_t(z) * std::size_t(m_size[1]) + std::size_t(y)) * std::size_t(m_size[2]) +
              std::size_t(x);
          for (std::size_t k = 0; k < 8; ++k)
            m_values[k * count + n] = (1 - p) / 7;
          m_values[std::size_t(c) * count + n] = p;
          const std::array<double, 3> offset{vote.z - z, vote.y - y, vote.x - x};
          for (std::size_t a = 0; a < 3; ++a)
            m_values[(8 + a) * count + n] = float((offset[a] + scatter * noise(m_random)) * 2.0 / 20.0);
          m_values[11 * count + n] = float(level / 24.0);
        }
  }
  void vertebra(FieldPoint centre, double level, double radius = 10, double scatter = 1) {
    ball({centre.z, centre.y + 14, centre.x}, 0.6 * radius, SpineClass::Arch, centre, level, 0.9f, scatter);
    ball(centre, radius, SpineClass::Body, centre, level, 0.9f, scatter);
  }
  SpineField field() const {
    const Grid grid =
        Grid::create({m_size[2], m_size[1], m_size[0]}, {1, 1, 1}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}).value();
    SpineField field(grid, cardOf());
    const std::size_t slice = std::size_t(m_size[1]) * std::size_t(m_size[2]), count = voxelCount(m_size);
    std::vector<float> values(12 * slice);
    for (int z = 0; z < m_size[0]; ++z) {
      for (std::size_t c = 0; c < 12; ++c)
        std::copy_n(m_values.begin() + std::ptrdiff_t(c * count + std::size_t(z) * slice), slice,
                    values.begin() + std::ptrdiff_t(c * slice));
      field.takeSlice(z, values);
    }
    return field;
  }
  AtEdge edge() const {
    return [size = m_size](std::uint32_t index) {
      const auto row = std::uint32_t(size[2]), slice = row * std::uint32_t(size[1]);
      const int z = int(index / slice), y = int(index % slice / row), x = int(index % row);
      return z == 0 || y == 0 || x == 0 || z == size[0] - 1 || y == size[1] - 1 || x == size[2] - 1;
    };
  }

 private:
  Shape m_size;
  std::vector<float> m_values;
  std::mt19937 m_random{11};
};

/// Five lumbar-like vertebrae from the top.
Canvas column(int count = 5) {
  Canvas canvas({120, 64, 64});
  for (int n = 0; n < count; ++n)
    canvas.vertebra({105.0 - 18 * n, 28.0, 32.0 + n}, 20 + n);
  return canvas;
}

} // namespace

TEST_CASE("votes become one instance per vertebra, from above, body and arch together") {
  const Canvas canvas = column();
  const SpineField field = canvas.field();
  const Decoded d = decode(field, canvas.edge());
  REQUIRE(d.vertebrae.size() == 5);
  for (int n = 0; n < 5; ++n) {
    const DecodedVertebra& v = d.vertebrae[std::size_t(n)];
    CHECK(std::abs(v.centre.z - 2 * (105 - 18 * n)) < 1);
    CHECK(std::abs(v.centre.x - 2 * (32 + n)) < 1);
    CHECK(v.level == Approx(20 + n).margin(0.01));
    CHECK(v.whole);
    const auto owner = [&](int z, int y, int x) {
      return d.owner[(std::size_t(z) * 64 + std::size_t(y)) * 64 + std::size_t(x)];
    };
    CHECK(owner(105 - 18 * n, 28, 32 + n) == n + 1);
    CHECK(owner(105 - 18 * n, 44, 32 + n) == n + 1);
  }
}

TEST_CASE("what looks like a vertebra beside the chain is left out of it") {
  Canvas canvas = column();
  canvas.vertebra({60, 28, 10}, 22, 5); // beside
  canvas.vertebra({24, 55, 55}, 23, 6); // far to one side
  const Decoded d = decode(canvas.field(), canvas.edge());
  CHECK(d.vertebrae.size() == 5);
  for (const DecodedVertebra& v : d.vertebrae)
    CHECK(std::abs(v.centre.y - 56) < 3);
}

TEST_CASE("a stump at the chain's end is dropped, one that the edge cuts is kept") {
  Canvas stump({120, 64, 64});
  for (int n = 0; n < 4; ++n)
    stump.vertebra({105.0 - 18 * n, 28, 32}, 20 + n);
  stump.ball({34, 28, 32}, 6, SpineClass::Body, {34, 28, 32}, 24, 0.9f);
  CHECK(decode(stump.field(), stump.edge()).vertebrae.size() == 4);

  Canvas cut({75, 64, 64}); // the lowest body's lower half lies outside
  for (int n = 0; n < 4; ++n)
    cut.vertebra({56.0 - 18 * n, 28, 32}, 20 + n);
  const Decoded d = decode(cut.field(), cut.edge());
  REQUIRE(d.vertebrae.size() == 4);
  CHECK_FALSE(d.vertebrae[3].whole);
  CHECK(d.vertebrae[2].whole);
}

TEST_CASE("a vertebra whose centre lies outside the field is found by the part inside") {
  Canvas canvas({66, 64, 64});
  for (int n = 0; n < 3; ++n)
    canvas.vertebra({52.0 - 18 * n, 28, 32}, 20 + n);
  canvas.vertebra({-2, 28, 32}, 23);
  const Decoded d = decode(canvas.field(), canvas.edge());
  REQUIRE(d.vertebrae.size() == 4);
  CHECK_FALSE(d.vertebrae[3].whole);
  CHECK(d.vertebrae[2].whole);

  Canvas slab({12, 64, 64}); // cuts one above and below
  slab.vertebra({6, 28, 32}, 20);
  const Decoded cut = decode(slab.field(), slab.edge());
  REQUIRE(cut.vertebrae.size() == 1);
  CHECK(cut.vertebrae[0].cutAbove);
  CHECK(cut.vertebrae[0].cutBelow);
}

TEST_CASE("votes that scatter over most of the field find nothing") {
  Canvas canvas({60, 60, 60});
  std::mt19937 random(5);
  for (int n = 0; n < 40; ++n) {
    const auto any = [&] { return double(random() % 60); };
    canvas.ball({any(), any(), any()}, 2, SpineClass::Arch, {any(), any(), any()}, 20, 0.6f, 8);
  }
  CHECK(decode(canvas.field(), canvas.edge()).vertebrae.size() <= 1);
  CHECK(decode(Canvas({20, 20, 20}).field(), canvas.edge()).vertebrae.empty());
}

TEST_CASE("discs belong to the vertebra above, ribs to their side, and the sacrum touches the lowest") {
  Canvas canvas = column(5);
  for (int n = 0; n < 5; ++n)
    canvas.ball({96.0 - 18 * n, 28, 32.5 + n}, 3.5, SpineClass::Disc);
  canvas.ball({105, 34, 44}, 3, SpineClass::Rib); // x grows to the left
  canvas.ball({105, 34, 20.5}, 2, SpineClass::Rib);
  canvas.ball({18, 36, 36}, 9, SpineClass::Sacrum);
  canvas.ball({5, 36, 36}, 9, SpineClass::Sacrum);
  canvas.ball({60, 58, 5}, 4, SpineClass::Disc); // a disc of nothing
  for (int z = 10; z < 110; z += 2)
    canvas.ball({double(z), 39, 34}, 2.5, SpineClass::Canal);
  const SpineField field = canvas.field();
  Decoded d = decode(field, canvas.edge());
  const Surroundings around = findSurroundings(field, d);
  REQUIRE(d.vertebrae.size() == 5);
  const auto owner = [&](int z, int y, int x) {
    return d.owner[(std::size_t(z) * 64 + std::size_t(y)) * 64 + std::size_t(x)];
  };
  for (int n = 0; n < 4; ++n) {
    CHECK(owner(96 - 18 * n, 28, 32 + n) == discOwner(std::size_t(n)));
    CHECK(around.evidence[std::size_t(n)].discBelow);
    CHECK(around.evidence[std::size_t(n)].sacrumContactMl == 0);
    CHECK(around.evidence[std::size_t(n)].toNextMm == Approx(36).margin(1.5));
  }
  CHECK(owner(60, 58, 5) == 0);
  CHECK(around.evidence[0].ribLeftMl > around.evidence[0].ribRightMl);
  CHECK(around.evidence[0].ribRightMl > 0);
  CHECK(around.evidence[1].ribLeftMl == 0);
  CHECK_FALSE(d.sacrum.empty());
  CHECK(around.evidence[4].sacrumContactMl > 0.1);
  CHECK(around.canal.size() > 500);
}

TEST_CASE("components are told apart by face or by corner, largest first") {
  const Shape size{4, 4, 4};
  const auto at = [](int z, int y, int x) { return std::uint32_t((z * 4 + y) * 4 + x); };
  const std::vector<std::uint32_t> voxels{at(0, 0, 0), at(0, 0, 3), at(0, 1, 0), at(1, 2, 1), at(3, 3, 3)};
  const auto byFace = componentsOf(voxels, size, Neighbours::Face);
  REQUIRE(byFace.size() == 4);
  CHECK(byFace[0] == std::vector<std::uint32_t>{at(0, 0, 0), at(0, 1, 0)});
  CHECK(componentsOf(voxels, size, Neighbours::Corner).size() == 3);
  // The end of one row and the start of the next are no neighbours.
  CHECK(componentsOf({at(0, 0, 3), at(0, 1, 0)}, size, Neighbours::Corner).size() == 2);
  CHECK(componentsOf({}, size, Neighbours::Face).empty());
}

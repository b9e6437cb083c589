#include "inference/pipelines/doubts.h"
#include "inference/pipelines/segment.h"

#include <catch2/catch.hpp>

#include <limits>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

Decoded columnOf(const SpineField& field, int count) {
  Decoded d;
  d.owner.assign(field.grid().size().count(), 0);
  for (int n = 0; n < count; ++n) {
    const int z0 = field.size()[0] - 18 * (n + 1);
    for (int z = z0; z < z0 + 12; ++z)
      for (int y = 14; y < 26; ++y)
        for (int x = 12; x < 28; ++x)
          d.owner[(std::size_t(z) * std::size_t(field.size()[1]) + std::size_t(y)) *
                      std::size_t(field.size()[2]) +
                  std::size_t(x)] = std::uint8_t(n + 1);
    DecodedVertebra v;
    v.centre = {(z0 + 5.5) * 2, 39, 39};
    d.vertebrae.push_back(v);
  }
  return d;
}

SpineField emptyField() {
  ModelCard card;
  card.classes.assign(segmentationClasses.begin(), segmentationClasses.end());
  return SpineField(Grid::create({40, 40, 90}, {-40, -30, 100}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}).value(),
                    card);
}

SegmentResult resultOf(int count) {
  SegmentResult r;
  for (int n = 0; n < count; ++n) {
    ResultVertebra v;
    v.place = n + 1;
    r.vertebrae.push_back(v);
  }
  return r;
}

} // namespace

TEST_CASE("metal is what no bone is, and no data is no metal") {
  const Grid grid = Grid::create({3, 2, 2}, {10, 20, 30}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}).value();
  std::vector<float> values(12, 1600.0f);
  values[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(metalIn(grid, values).empty());
  values[7] = 2500;
  const auto metal = metalIn(grid, values);
  REQUIRE(metal.size() == 1);
  CHECK(distance(metal[0], {12, 20, 32}) < 1e-9);
}

TEST_CASE("only the vertebrae beside a screw are doubtful, and they say why") {
  const SpineField field = emptyField();
  const Decoded column = columnOf(field, 4);
  std::vector<PointLps> screw;
  for (int n = 0; n < 30; ++n) // 30 mm along x through the middle of the second vertebra
    screw.push_back(field.toLps({column.vertebrae[1].centre.z, 44, 25.0 + n}));
  const auto beside = besideMetal(field, column, screw);
  CHECK(beside == std::vector<bool>{false, true, false, false});
  SegmentResult result = resultOf(4);
  tellDoubts(result, beside, 0);
  CHECK(result.vertebrae[0].note.empty());
  CHECK(result.vertebrae[1].note == "metal beside it: its borders are uncertain");
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0] ==
        "There is metal beside one vertebra: borders and what is measured there are uncertain.");
}

TEST_CASE("a speck of metal, or metal far away, makes nobody doubt") {
  const SpineField field = emptyField();
  const Decoded column = columnOf(field, 4);
  const FieldPoint c = column.vertebrae[1].centre;
  CHECK(besideMetal(field, column, std::vector<PointLps>{field.toLps(c)}) == std::vector<bool>(4, false));
  std::vector<PointLps> far(200, field.toLps(c) + VectorLps{200, 0, 0});
  CHECK(besideMetal(field, column, far) == std::vector<bool>(4, false));
}

TEST_CASE("a strong curve is said, a usual one is not") {
  std::vector<DecodedVertebra> chain(6);
  const auto bend = [&](double perLevelDeg) {
    double x = 0, z = 0;
    for (std::size_t n = 0; n < chain.size(); ++n) {
      chain[n].centre = {-z, 0, x};
      const double tilt = perLevelDeg * double(n) * 3.14159265358979 / 180;
      x += 30 * std::sin(tilt);
      z += 30 * std::cos(tilt);
    }
    return coronalBendDeg(chain);
  };
  CHECK(bend(0) == Approx(0).margin(1e-9));
  CHECK(bend(12) == Approx(48));
  SegmentResult result = resultOf(6);
  tellDoubts(result, std::vector<bool>(6, false), bend(5));
  CHECK(result.warnings.empty());
  tellDoubts(result, std::vector<bool>(6, false), bend(12));
  CHECK(result.warnings.size() == 1);
  CHECK(coronalBendDeg(std::span(chain).first(2)) == 0);
}

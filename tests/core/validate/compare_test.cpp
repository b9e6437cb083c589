#include "core/validate/compare.h"
#include "core/validate/surface.h"

#include <catch2/catch.hpp>

using namespace spondyl;

namespace {

// 20 x 12 x 40 voxels of 1 x 2 x 3 mm.
Grid grid(double shift = 0) {
  return Grid::create({20, 12, 40}, {shift, 0, 0}, {1, 0, 0}, {0, 2, 0}, {0, 0, 3}).value();
}

LabelArray nothing() {
  return {grid(), std::vector<std::uint16_t>(grid().size().count())};
}

void box(LabelArray& labels, int number, IndexIjk low, IndexIjk high) {
  for (int k = low.k; k <= high.k; ++k)
    for (int j = low.j; j <= high.j; ++j)
      for (int i = low.i; i <= high.i; ++i)
        labels.numbers[labels.grid.offset({i, j, k})] = std::uint16_t(number);
}

// Three vertebrae: L3 above L4 above L5, 4 x 4 x 4 voxels each.
LabelArray spine(std::initializer_list<int> numbers, int shift = 0) {
  LabelArray labels = nothing();
  int k = 26;
  for (const int number : numbers) {
    if (number)
      box(labels, number, {4 + shift, 4, k}, {7 + shift, 7, k + 3});
    k -= 8;
  }
  return labels;
}

const StructureResult& of(const CaseResult& result, int label) {
  for (const StructureResult& s : result.structures)
    if (s.label == label)
      return s;
  FAIL("no structure " << label);
  return result.structures.front();
}

} // namespace

TEST_CASE("a box moved by one of its four voxels has Dice 0.75 and its centre a voxel away") {
  const auto result = compareCase("a", {spine({22, 23, 24}), {}}, {spine({22, 23, 24}, 1), {}});
  REQUIRE(result);
  for (const int label : {22, 23, 24}) {
    CHECK(of(*result, label).dice == Approx(0.75));
    CHECK(of(*result, label).labelDice == Approx(0.75));
    CHECK(*of(*result, label).centroidMm == Approx(1));
    CHECK(of(*result, label).referenceMl == Approx(64 * 6 / 1000.0));
    CHECK(of(*result, label).whole);
    CHECK(of(*result, label).name == NameVerdict::Right);
  }
  CHECK(*result->unionDice == Approx(0.75));
  CHECK(result->unmatched.empty());
  CHECK_FALSE(result->unionBodyDice);
}

TEST_CASE("the surfaces of two plates three voxels apart are as far apart as the plates") {
  LabelArray a = nothing(), b = nothing();
  box(a, 22, {4, 4, 10}, {8, 8, 10});
  box(b, 22, {4, 4, 13}, {8, 8, 13});
  const auto points = [](const LabelArray& l) { return surfaceOf(l, 22, extentsOf(l).at(22)); };
  CHECK(points(a).size() == 25);
  const auto apart = surfaceDistance(points(a), points(b));
  REQUIRE(apart);
  CHECK(apart->meanMm == Approx(9));
  CHECK(apart->hausdorff95Mm == Approx(9));
  // A solid box shows its shell alone.
  LabelArray solid = nothing();
  box(solid, 22, {4, 4, 10}, {8, 8, 14});
  CHECK(points(solid).size() == 125 - 27);
  // At the edge of the grid there is surface, too.
  LabelArray cut = nothing();
  box(cut, 22, {0, 0, 0}, {2, 2, 2});
  CHECK(points(cut).size() == 26);
  CHECK(extentsOf(cut).at(22).touchesEdge);
}

TEST_CASE("mean and 95th percentile of surface distances by hand") {
  std::vector<PointLps> a, b;
  for (int n = 0; n < 20; ++n) {
    a.push_back({double(n), 0, 0});
    b.push_back({double(n), 1, 0});
  }
  b.push_back({0, 11, 0});
  b.push_back({19, -21, 0});
  const auto d = surfaceDistance(a, b);
  REQUIRE(d);
  CHECK(d->meanMm == Approx((20 + 20 + 11 + 21) / 42.0));
  CHECK(d->hausdorff95Mm == Approx(1 + 0.95 * 10)); // rank 19.95 of 22 values: between 1 and 11
  CHECK_FALSE(surfaceDistance(a, {}));
  CHECK(quantileOf({3, 1, 2, 4}, 0.5) == Approx(2.5));
  CHECK(quantileOf({7}, 0.95) == 7);
}

TEST_CASE("names are right, wrong or left open, and confidence is that of the predicted name") {
  CompareOptions options;
  options.confidence = {{22, 0.95}, {24, 0.7}};
  // L3 is called L2 (21 -> 22 by shift), L4 has no name, L5 is right.
  const auto result = compareCase("n", {spine({21, 23, 24}), {}}, {spine({22, 902, 24}), {}}, options);
  REQUIRE(result);
  CHECK(of(*result, 21).name == NameVerdict::Wrong);
  CHECK(of(*result, 21).predicted == 22);
  CHECK(*of(*result, 21).confidence == 0.95);
  CHECK(of(*result, 21).labelDice == 0);
  CHECK(of(*result, 21).dice == 1);
  CHECK(of(*result, 23).name == NameVerdict::Abstained);
  CHECK_FALSE(of(*result, 23).confidence);
  CHECK(of(*result, 24).name == NameVerdict::Right);
  CHECK(result->unmatched.empty());
}

TEST_CASE("a vertebra that is missed, one that is invented and one beyond what the reference labels") {
  LabelArray predicted = spine({22, 0, 24});
  box(predicted, 25, {14, 4, 20}, {16, 6, 22}); // between the labelled ones, beside them
  box(predicted, 21, {4, 4, 35}, {7, 7, 38});   // above the first labelled one
  const auto result = compareCase("m", {spine({22, 23, 24}), {}}, {predicted, {}});
  REQUIRE(result);
  CHECK_FALSE(of(*result, 23).found);
  CHECK(of(*result, 23).predicted == 0);
  CHECK(of(*result, 23).dice == 0);
  CHECK_FALSE(of(*result, 23).centroidMm);
  CHECK(of(*result, 23).name == NameVerdict::None);
  REQUIRE(result->unmatched.size() == 2);
  CHECK(result->unmatched[0].label == 21);
  CHECK(result->unmatched[0].beyond);
  CHECK(result->unmatched[1].label == 25);
  CHECK_FALSE(result->unmatched[1].beyond);
  // 3 x 64 of the reference; 2 x 64 hits and 27 invented voxels; what is beyond does not count.
  CHECK(*result->unionDice == Approx(2.0 * 128 / (192 + 128 + 27)));
}

TEST_CASE("two references do not share a prediction, and half a vertebra is not found") {
  LabelArray one = nothing();
  box(one, 22, {4, 4, 26}, {7, 7, 29});
  box(one, 22, {4, 4, 18}, {7, 7, 19}); // the same number covers half of the next one
  const auto result = compareCase("s", {spine({22, 23, 0}), {}}, {one, {}});
  REQUIRE(result);
  CHECK(of(*result, 22).predicted == 22);
  CHECK(of(*result, 22).dice == Approx(2.0 * 64 / (64 + 96)));
  CHECK(of(*result, 23).predicted == 0);
  LabelArray third = spine({22, 0, 0});
  box(third, 23, {4, 4, 18}, {7, 7, 18}); // a quarter: Dice 0.4
  const auto quarter = compareCase("q", {spine({22, 23, 24}), {}}, {third, {}});
  REQUIRE(quarter);
  CHECK(of(*quarter, 23).dice == Approx(0.4));
  CHECK_FALSE(of(*quarter, 23).found);
  CHECK(quarter->unmatched.empty());
}

TEST_CASE("bodies are compared where both sides know them, or where the reference is bodies alone") {
  const LabelArray whole = spine({22, 23, 24});
  std::vector<std::uint16_t> front(whole.numbers.size()), back(whole.numbers.size());
  for (int k = 0; k < 40; ++k)
    for (int j = 0; j < 12; ++j)
      for (int i = 0; i < 20; ++i) {
        front[whole.grid.offset({i, j, k})] = j < 6 ? 49 : 41;
        back[whole.grid.offset({i, j, k})] = j < 7 ? 49 : 41;
      }
  const auto result = compareCase("b", {whole, front}, {whole, back});
  REQUIRE(result);
  CHECK(of(*result, 23).dice == 1);
  CHECK(*of(*result, 23).bodyDice == Approx(2.0 * 32 / (32 + 48)));
  CHECK(*result->unionBodyDice == Approx(0.8));
  CHECK(*of(*result, 23).centroidMm == Approx(1)); // 2 of 4 rows against 3 of 4, 2 mm each
  const std::vector<std::uint16_t> unknown(whole.numbers.size());
  CHECK_FALSE(of(*compareCase("z", {whole, front}, {whole, unknown}), 23).bodyDice);
  CHECK_FALSE(of(*compareCase("z", {whole, unknown}, {whole, back}), 23).bodyDice);
  LabelArray bodies = nothing();
  for (std::size_t v = 0; v < bodies.numbers.size(); ++v)
    bodies.numbers[v] = front[v] == 49 ? whole.numbers[v] : 0;
  CompareOptions options;
  options.bodiesOnly = true;
  const auto alone = compareCase("o", {bodies, {}}, {whole, back}, options);
  REQUIRE(alone);
  CHECK(of(*alone, 23).dice == Approx(0.8));
  const auto all = compareCase("u", {bodies, {}}, {whole, unknown}, options);
  REQUIRE(all);
  CHECK(of(*all, 23).dice == Approx(2.0 * 32 / (32 + 64)));
  CHECK(all->notes.size() == 1);
}

TEST_CASE("discs, canal and sacrum are judged where the reference has them, and only there") {
  LabelArray reference = spine({23, 24, 0}), predicted = reference;
  box(reference, 123, {4, 4, 23}, {7, 7, 24});
  box(predicted, 1004, {4, 4, 23}, {7, 7, 24}); // a disc without a name
  box(reference, 61, {10, 4, 10}, {12, 6, 30});
  box(predicted, 61, {10, 4, 10}, {12, 6, 20});
  box(predicted, 60, {10, 4, 21}, {12, 6, 30}); // cord inside the canal
  box(reference, 26, {4, 4, 4}, {7, 7, 7});
  box(predicted, 26, {4, 4, 4}, {7, 7, 7});
  const auto result = compareCase("d", {reference, {}}, {predicted, {}});
  REQUIRE(result);
  CHECK(of(*result, 123).dice == 1);
  CHECK(of(*result, 123).predicted == 1004);
  CHECK(of(*result, 123).name == NameVerdict::None);
  CHECK(of(*result, 61).dice == 1);
  CHECK(of(*result, 26).dice == 1);
  const auto bones = compareCase("e", {spine({23, 24, 0}), {}}, {predicted, {}});
  REQUIRE(bones);
  CHECK(bones->structures.size() == 2);
  CHECK(*bones->unionDice == 1); // the sacrum that the reference does not label is not held against it
}

TEST_CASE("a prediction on another grid is resampled and that is said") {
  LabelArray shifted = spine({22, 23, 24});
  shifted.grid = grid(1); // the same voxels, a voxel to the left
  const auto result = compareCase("g", {spine({22, 23, 24}), {}}, {shifted, {}});
  REQUIRE(result);
  CHECK(of(*result, 23).dice == Approx(0.75));
  REQUIRE(result->notes.size() == 1);
}

TEST_CASE("numbers are what they are in codes.csv") {
  CHECK(structureKindOf(1) == StructureKind::Vertebra);
  CHECK(structureKindOf(28) == StructureKind::Vertebra);
  CHECK(structureKindOf(902) == StructureKind::Vertebra);
  CHECK(structureKindOf(26) == StructureKind::Sacrum);
  CHECK(structureKindOf(27) == StructureKind::Other);
  CHECK(structureKindOf(123) == StructureKind::Disc);
  CHECK(structureKindOf(1003) == StructureKind::Disc);
  CHECK(structureKindOf(61) == StructureKind::Other);
  CHECK(structureNameOf(22) == "L3");
  CHECK(structureNameOf(904) == "V4");
}

// What an edge of the field cuts, and what it does not.
#include "core/measure/measure.h"
#include "tests/support/phantom_case.h"

#include <catch2/catch.hpp>
#include <map>

using namespace spondyl;
using test::PhantomCase;

TEST_CASE("in a narrow sagittal stack the bodies are measured although every vertebra is cut at its sides") {
  PhantomOptions o;
  o.seed = 4;
  o.from = Level::L1;
  o.to = Level::Sacrum;
  o.spacingMm = 1;
  const Grid wide = defaultGrid(describeSpine(o).value(), 1, 26).value();
  const int half = 33; // mm to each side: wider than a body, narrower than the transverse processes
  const GridSize n = wide.size();
  const IndexIjk low{n.i / 2 - half, 0, 0};
  const Grid narrow =
      Grid::create({2 * half, n.j, n.k}, wide.toLps(low), wide.stepI(), wide.stepJ(), wide.stepK()).value();
  const PhantomCase full = test::phantomCase(o, wide);
  PhantomCase cut = test::phantomCase(o, narrow);
  for (ChainEntry& entry : cut.value.chain.entries)
    entry.whole = false;
  const auto heightsOf = [](const PhantomCase& p) {
    std::map<std::string, double> out;
    for (const Measurement& m : measure(p.value, PhantomCase::seriesUid, nullptr, {}, true))
      if (m.id == "body.height.middle" && m.value)
        out[m.level] = *m.value;
    return out;
  };
  const auto expected = heightsOf(full), found = heightsOf(cut);
  REQUIRE(found.size() >= 4);
  for (const auto& [level, height] : found)
    CHECK(height == Approx(expected.at(level)).margin(0.3));

  // Cut through the middle of L3: what is left of its body is not measured.
  const PointLps middle = full.value.chain.find(Level::L3)->centroid;
  const int k = nearestIndex(narrow.toIjk(middle)).k;
  const Grid below = Grid::create({narrow.size().i, narrow.size().j, k}, narrow.origin(), narrow.stepI(),
                                  narrow.stepJ(), narrow.stepK())
                         .value();
  PhantomCase half3 = test::phantomCase(o, below);
  for (ChainEntry& entry : half3.value.chain.entries)
    entry.whole = false;
  CHECK_FALSE(heightsOf(half3).contains("L3"));
  CHECK(heightsOf(half3).contains("L4"));
}

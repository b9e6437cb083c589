#include "tests/core/phantom/phantom_fixture.h"

#include "core/anatomy/codes.h"
#include "core/base/parallel.h"

#include <array>
#include <chrono>
#include <iostream>
#include <map>

using namespace spondyl;

namespace {

struct Centroids {
  std::map<int, PointLps> body, whole;
  std::map<int, std::size_t> voxels;
};
Centroids centroidsOf(const PhantomVolumes& v) {
  Centroids out;
  std::map<int, std::pair<VectorLps, double>> body, whole;
  const GridSize size = v.grid.size();
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; ++j)
      for (int i = 0; i < size.i; ++i) {
        const std::size_t at = v.grid.offset({i, j, k});
        const int label = v.labels[at];
        if (label == 0 || label > 28)
          continue;
        const VectorLps p = v.grid.toLps(IndexIjk{i, j, k}) - PointLps{};
        whole[label].first = whole[label].first + p;
        whole[label].second += 1;
        if (v.parts[at] != 49)
          continue;
        body[label].first = body[label].first + p;
        body[label].second += 1;
      }
  for (const auto& [label, sum] : whole) {
    out.whole[label] = PointLps{} + sum.first / sum.second;
    out.voxels[label] = std::size_t(sum.second);
  }
  for (const auto& [label, sum] : body)
    out.body[label] = PointLps{} + sum.first / sum.second;
  return out;
}

} // namespace

TEST_CASE("the same seed gives the same bytes, whatever the number of threads, another seed another spine") {
  PhantomOptions o = lumbar();
  o.pathology = o.warp = true;
  const SpineDescription d = described(o);
  const Grid grid = gridOf(d, 3);
  const int before = threadCount();
  setThreadCount(1);
  const PhantomVolumes one = drawPhantom(d, grid);
  const auto imageOne = paintCt(d, one);
  setThreadCount(3);
  const PhantomVolumes again = drawPhantom(described(o), grid);
  const auto imageAgain = paintCt(d, again);
  setThreadCount(before);
  CHECK(one.classes == again.classes);
  CHECK(one.instances == again.instances);
  CHECK(one.tissue == again.tissue);
  CHECK(one.boneDistance == again.boneDistance);
  CHECK(one.labels == again.labels);
  REQUIRE((imageOne.ok() && imageAgain.ok()));
  CHECK(std::ranges::equal((*imageOne)->voxels<std::int16_t>(), (*imageAgain)->voxels<std::int16_t>()));
  o.seed = 2;
  CHECK(drawPhantom(described(o), grid).classes != one.classes);
}

TEST_CASE("drawn bodies lie where the description says, with the warp too") {
  PhantomOptions o;
  o.warp = GENERATE(false, true);
  o.poseRotationDeg = {8, -6, 10};
  const SpineDescription d = described(o);
  const PhantomVolumes v = drawPhantom(d, gridOf(d, 2), {false, true});
  const Centroids c = centroidsOf(v);
  CHECK(v.drawn.size() == 25);
  for (const PhantomLevelTruth& t : d.truth.levels) {
    if (t.level <= Level::C2)
      continue; // the atlas has no body, the axis has the dens
    INFO(levelName(t.level));
    REQUIRE(c.body.contains(t.label));
    CHECK(distance(c.body.at(t.label), t.centre) < 2.0);
  }
  // Just inside and just outside each end plate, half-way between its middle and its front.
  int right = 0, all = 0;
  for (const PhantomVertebra& vertebra : d.vertebrae) {
    if (vertebra.level <= Level::C2)
      continue;
    for (const double side : {-1.0, 1.0}) {
      const double y = -vertebra.body.depth / 4,
                   z = side > 0 ? vertebra.body.topZ(0, y) : vertebra.body.bottomZ(0, y);
      for (const double step : {-2.5, 2.5}) {
        const IndexIjk at =
            nearestIndex(v.grid.toIjk(drawnAt(d, vertebra.frame.toOuter({0, y, z + side * step}))));
        const bool isBone = v.labels[v.grid.offset(at)] == labelOf(vertebra.level);
        right += isBone == (step < 0);
        ++all;
      }
    }
  }
  CHECK(right >= all * 98 / 100);
}

TEST_CASE("what the patient has on the left side alone is drawn at the left: a cervical rib") {
  PhantomOptions o;
  o.variant = AnatomyVariant::CervicalRib;
  SpineDescription d = described(o);
  for (PhantomVertebra& v : d.vertebrae)
    v.ribLength[0] = 0, v.ribLength[1] = v.level == Level::C7 ? 1 : 0; // this one alone
  const PointLps c7 = landmark(d, "C7.centre");
  const auto grid = Grid::create({70, 60, 30}, c7 - VectorLps{70, 60, 30}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2});
  REQUIRE(grid.ok());
  const PhantomVolumes v = drawPhantom(d, *grid);
  std::size_t left = 0, right = 0;
  for (int k = 0; k < 30; ++k)
    for (int j = 0; j < 60; ++j)
      for (int i = 0; i < 70; ++i)
        if (TissueClass(v.classes[grid->offset({i, j, k})]) == TissueClass::Rib)
          ++(grid->toLps(IndexIjk{i, j, k}).x > c7.x ? left : right);
  CHECK(left > 20);
  CHECK(right == 0);
}

TEST_CASE("oblique, sheared and left-handed grids show the same anatomy at the same place") {
  const SpineDescription d = described(lumbar());
  const PointLps c = landmark(d, "L3.centre");
  const double s = 1.0;
  struct Case {
    const char* name;
    VectorLps i, j, k;
  };
  const Case cases[] = {{"left-handed", {s, 0, 0}, {0, s, 0}, {0, 0, -s}},
                        {"sagittal", {0, s, 0}, {0, 0, -s}, {s, 0, 0}},
                        {"sheared", {s, 0, 0}, {0, .95 * s, .31 * s}, {0, 0, s}},
                        {"oblique", {.8 * s, .6 * s, 0}, {-.6 * s, .8 * s, 0}, {0, 0, s}}};
  const auto straight =
      Grid::create({70, 90, 60}, c - VectorLps{35, 35, 30}, {s, 0, 0}, {0, s, 0}, {0, 0, s});
  REQUIRE(straight.ok());
  const PhantomVolumes reference = drawPhantom(d, *straight, {false, true});
  for (const Case& k : cases) {
    INFO(k.name);
    const GridSize size{70, 70, 60};
    const auto grid = Grid::create(size, c - k.i * 35.0 - k.j * 35.0 - k.k * 30.0, k.i, k.j, k.k);
    REQUIRE(grid.ok());
    const PhantomVolumes v = drawPhantom(d, *grid, {false, true});
    std::size_t same = 0, compared = 0, bone = 0;
    for (int kk = 0; kk < size.k; kk += 2)
      for (int jj = 0; jj < size.j; jj += 2)
        for (int ii = 0; ii < size.i; ii += 2) {
          const IndexIjk there = nearestIndex(straight->toIjk(grid->toLps(IndexIjk{ii, jj, kk})));
          if (!straight->contains(there))
            continue;
          const std::uint16_t a = v.labels[grid->offset({ii, jj, kk})],
                              b = reference.labels[straight->offset(there)];
          if (a == 0 && b == 0)
            continue;
          ++compared;
          same += a == b;
          bone += a == labelOf(Level::L3);
        }
    CHECK(bone > 1000);
    CHECK(double(same) > .88 * double(compared)); // the rest are voxels on borders
  }
}

TEST_CASE("a crop shows exactly what the whole shows there") {
  PhantomOptions o;
  o.warp = true;
  const SpineDescription d = described(o);
  const Grid whole = gridOf(d, 4);
  const PhantomVolumes all = drawPhantom(d, whole);
  const IndexIjk low{8, 16, 24}; // multiples of the brick: the warp is interpolated in bricks
  const auto grid = Grid::create({24, 16, 32}, whole.toLps(low), whole.stepI(), whole.stepJ(), whole.stepK());
  REQUIRE(grid.ok());
  const PhantomVolumes part = drawPhantom(d, *grid);
  std::size_t different = 0;
  for (int k = 0; k < 32; ++k)
    for (int j = 0; j < 16; ++j)
      for (int i = 0; i < 24; ++i)
        different += part.labels[grid->offset({i, j, k})] !=
                     all.labels[whole.offset({low.i + i, low.j + j, low.k + k})];
  CHECK(different == 0);
}

TEST_CASE("labels hold together: parts, canal contents, discs between their vertebrae") {
  PhantomOptions o;
  o.from = Level::T10;
  const SpineDescription d = described(o);
  const PhantomVolumes v = drawPhantom(d, gridOf(d, 2));
  std::map<int, std::size_t> count;
  const GridSize size = v.grid.size();
  std::size_t wrongPart = 0, canalInBone = 0;
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; ++j)
      for (int i = 0; i < size.i; ++i) {
        const std::size_t at = v.grid.offset({i, j, k});
        const int label = v.labels[at];
        ++count[label];
        const bool vertebra = (label >= 1 && label <= 25) || label == 28;
        wrongPart += vertebra != (v.parts[at] != 0);
        const TissueClass kind = TissueClass(v.classes[at]);
        wrongPart += (kind == TissueClass::Body) != (v.parts[at] == 49) ||
                     (kind == TissueClass::Arch) != (v.parts[at] == 41);
        canalInBone += (label >= 60 && label <= 62) && v.boneDistance[at] < 0;
      }
  CHECK(wrongPart == 0);
  CHECK(canalInBone == 0);
  for (const int label :
       {60, 61, 62, 26, labelOf(Level::T12), discLabelBelow(Level::L3), discLabelBelow(Level::L5)}) {
    INFO(label);
    CHECK(count[label] > 50);
  }
  const Centroids c = centroidsOf(v);
  CHECK(c.whole.at(labelOf(Level::L3)).y > c.body.at(labelOf(Level::L3)).y + 3); // the arch is behind
  // An adult's L3: 55 to 110 mL.
  const double millilitres = double(c.voxels.at(labelOf(Level::L3))) * v.grid.voxelVolumeMm3() / 1000;
  CHECK((millilitres > 45 && millilitres < 120));
}

TEST_CASE("facet joints stay open: no two vertebrae touch") {
  PhantomOptions o;
  o.variation = false;
  const SpineDescription d = described(o);
  const double step = .35;
  const PointLps c = landmark(d, "L4.superior.posterior") + VectorLps{0, 24, 2};
  const auto grid =
      Grid::create({120, 60, 60}, c - VectorLps{60, 30, 30} * step, {step, 0, 0}, {0, step, 0}, {0, 0, step});
  REQUIRE(grid.ok());
  const PhantomVolumes v = drawPhantom(d, *grid, {false, true});
  std::size_t touching = 0, l3 = 0, l4 = 0;
  for (int k = 0; k + 1 < 60; ++k)
    for (int j = 0; j + 1 < 60; ++j)
      for (int i = 0; i + 1 < 120; ++i) {
        const int label = v.labels[grid->offset({i, j, k})];
        l3 += label == labelOf(Level::L3);
        l4 += label == labelOf(Level::L4);
        for (const IndexIjk next : {IndexIjk{i + 1, j, k}, IndexIjk{i, j + 1, k}, IndexIjk{i, j, k + 1}}) {
          const int other = v.labels[grid->offset(next)];
          touching += label >= 1 && label <= 25 && other >= 1 && other <= 25 && label != other;
        }
      }
  CHECK((l3 > 1000 && l4 > 1000)); // both facets are in view
  CHECK(touching == 0);
}

TEST_CASE("painted CT has bone, fat, muscle and air where they belong") {
  PhantomOptions o = lumbar();
  o.noise = 0;
  const SpineDescription d = described(o);
  const PhantomVolumes v = drawPhantom(d, gridOf(d, 1.5, 25));
  const auto image = paintCt(d, v);
  REQUIRE(image.ok());
  CHECK((*image)->meaning() == VolumeMeaning::CtHounsfield);
  std::map<int, std::pair<double, double>> sums; // by label
  double cortex = 0, cortexCount = 0;
  const auto hu = (*image)->voxels<std::int16_t>();
  for (std::size_t at = 0; at < hu.size(); ++at) {
    auto& [sum, n] =
        sums[v.parts[at] == 49 && v.boneDistance[at] < -24 ? 1000
             : v.classes[at] == 0 && Tissue(v.tissue[at]) == Tissue::Fat && v.boneDistance[at] > 20
                 ? 1001
                 : v.labels[at]];
    sum += hu[at];
    n += 1;
    if (v.parts[at] == 41 && v.boneDistance[at] < -2 && v.boneDistance[at] > -8)
      cortex += hu[at], cortexCount += 1;
  }
  const auto mean = [&](int key) { return sums[key].first / sums[key].second; };
  CHECK((mean(1000) > 40 && mean(1000) < 330));   // marrow
  CHECK((mean(1001) > -115 && mean(1001) < -70)); // fat
  CHECK((mean(122) > 50 && mean(122) < 140));     // disc L3/L4
  CHECK(cortex / cortexCount > mean(1000) + 60);
}

TEST_CASE("a whole spine at 2 mm is drawn fast on one thread") {
  const SpineDescription d = described({});
  const Grid grid = gridOf(d, 2, 10);
  const int before = threadCount();
  setThreadCount(1);
  const auto start = std::chrono::steady_clock::now();
  const PhantomVolumes v = drawPhantom(d, grid);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  setThreadCount(before);
  const double million = double(grid.size().count()) / 1e6;
  std::cout << "whole spine: " << million << " million voxels in " << seconds << " s, "
            << seconds / million * 1e3 << " ns a voxel\n";
  CHECK(seconds / million < 3); // ten times the usual time: a busy machine must not fail
}

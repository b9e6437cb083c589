// Masks of phantoms, whose truth is known exactly.
#include "core/measure/measure.h"
#include "tests/support/phantom_case.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using test::PhantomCase;
using test::phantomCase;

namespace {

PhantomOptions lumbar(std::uint64_t seed, VectorLps turned = {}) {
  PhantomOptions o;
  o.seed = seed;
  o.from = Level::L1;
  o.to = Level::Sacrum;
  o.poseRotationDeg = turned;
  return o;
}

Grid gridFor(const PhantomOptions& o, double margin = 26) {
  return defaultGrid(describeSpine(o).value(), o.spacingMm, margin).value();
}

const Measurement& row(const std::vector<Measurement>& all, InstanceId instance, const std::string& id) {
  for (const Measurement& m : all)
    if (m.instance == instance && m.id == id)
      return m;
  FAIL("no row " << id);
  return all.front();
}

double value(const std::vector<Measurement>& all, const PhantomCase& p, Level level, const std::string& id) {
  const Measurement& m = row(all, p.instance(level), id);
  INFO(levelName(level) << " " << id << ": " << m.reason);
  REQUIRE(m.value);
  return *m.value;
}

double angle(const std::vector<Measurement>& all, const std::string& prefix) {
  for (const Measurement& m : all)
    if (m.id.starts_with(prefix)) {
      INFO(m.id << " " << m.reason);
      REQUIRE(m.value);
      return *m.value;
    }
  FAIL("no row " << prefix);
  return 0;
}

void checkHeights(const PhantomCase& p, const std::vector<Measurement>& all, double tolerance) {
  int levels = 0;
  for (const PhantomLevelTruth& t : p.description.truth.levels) {
    if (!p.instance(t.level) || t.heightAnterior == 0)
      continue;
    ++levels;
    INFO(levelName(t.level));
    CHECK(value(all, p, t.level, "body.height.anterior") == Approx(t.heightAnterior).margin(tolerance));
    CHECK(value(all, p, t.level, "body.height.middle") == Approx(t.heightMiddle).margin(tolerance));
    CHECK(value(all, p, t.level, "body.height.posterior") == Approx(t.heightPosterior).margin(tolerance));
  }
  CHECK(levels >= 5);
}

} // namespace

TEST_CASE("heights of a patient who lies turned up to 30 degrees about any axis are within 0.4 mm, lordosis "
          "within 0.5 degrees") {
  const VectorLps turn =
      GENERATE(VectorLps{30, 0, 0}, VectorLps{0, 30, 0}, VectorLps{0, 0, 30}, VectorLps{-20, 25, 15});
  INFO(turn.x << " " << turn.y << " " << turn.z);
  const PhantomOptions o = lumbar(11, turn);
  const PhantomCase p = phantomCase(o, gridFor(o));
  const auto all = measure(p.value, p.seriesUid, nullptr);
  checkHeights(p, all, 0.4);
  CHECK(angle(all, "lordosis.L1-S1") == Approx(p.description.truth.lordosisL1S1Deg).margin(0.5));
  for (const PhantomLevelTruth& t : p.description.truth.levels)
    CHECK(value(all, p, t.level, "slip.mm") == Approx(t.slipMm).margin(1.0));
}

TEST_CASE("the largest lateral curve of a turned patient is found and measured within 0.5 degrees",
          "[slow]") {
  PhantomOptions o;
  o.seed = 21;
  o.from = Level::T5;
  o.to = Level::Sacrum;
  o.scoliosisDeg = 32;
  o.poseRotationDeg = GENERATE(VectorLps{0, 0, 0}, VectorLps{12, -20, 25});
  const PhantomCase p = phantomCase(o, gridFor(o));
  const auto all = measure(p.value, p.seriesUid, nullptr);
  CHECK(angle(all, "cobb.coronal.") == Approx(p.description.truth.cobbDeg).margin(0.5));
  const AngleRequest asked{"cobb.coronal", p.instance(p.description.truth.cobbUpper),
                           p.instance(p.description.truth.cobbLower)};
  const auto again = measure(p.value, p.seriesUid, nullptr, {asked});
  CHECK(angle(again, "cobb.coronal." + levelName(p.description.truth.cobbUpper) + "-" +
                         levelName(p.description.truth.cobbLower)) ==
        Approx(p.description.truth.cobbDeg).margin(0.5));
  // The truth counts in the patient's transverse plane, the measurement in the vertebra's own.
  for (const PhantomLevelTruth& t : p.description.truth.levels)
    CHECK(value(all, p, t.level, "body.rotation") == Approx(t.rotationDeg).margin(4.0));
}

TEST_CASE("a left-handed, oblique and sheared grid of uneven voxels gives the same spine") {
  PhantomOptions o = lumbar(12);
  o.to = Level::L4;
  const Grid plain = gridFor(o, 20);
  // i runs to the patient's right, k upwards and a little forward; rows lean.
  const double turn = 0.2, lean = 0.12;
  const VectorLps i{-0.8 * std::cos(turn), -0.8 * std::sin(turn), 0},
      j{-0.7 * std::sin(turn), 0.7 * std::cos(turn), 0};
  const VectorLps k{0, -1.1 * std::sin(lean), 1.1 * std::cos(lean)};
  const GridSize size{int(double(plain.size().i) * 1.5), int(double(plain.size().j) * 1.7),
                      int(double(plain.size().k) * 1.1)};
  const PointLps middle = plain.centre();
  const PointLps origin = middle - i * (size.i / 2.0) - j * (size.j / 2.0) - k * (size.k / 2.0);
  const Grid grid = Grid::create(size, origin, i, j, k).value();
  REQUIRE(grid.isLeftHanded());
  const PhantomCase p = phantomCase(o, grid);
  const auto all = measure(p.value, p.seriesUid, nullptr);
  for (const PhantomLevelTruth& t : p.description.truth.levels) {
    INFO(levelName(t.level));
    CHECK(value(all, p, t.level, "body.height.anterior") == Approx(t.heightAnterior).margin(0.6));
    CHECK(value(all, p, t.level, "body.height.posterior") == Approx(t.heightPosterior).margin(0.6));
  }
  // Left is the patient's left whatever the grid.
  const EffectiveCase e = effective(p.value);
  for (const Landmark& l : allLandmarks(e, p.seriesUid)) {
    const ChainEntry* entry = e.chain.find(l.instance);
    if (!entry || entry->level == Level::Sacrum)
      continue;
    const double aside = dot(l.position - entry->centroid, p.description.pose.x);
    if (l.site.ends_with(".left"))
      CHECK(aside > 5);
    if (l.site.ends_with(".right"))
      CHECK(aside < -5);
  }
}

TEST_CASE("landmarks lie where the phantom's do") {
  const PhantomOptions o = lumbar(13, {5, -4, 7});
  const PhantomCase p = phantomCase(o, gridFor(o));
  const EffectiveCase e = effective(p.value);
  int compared = 0;
  for (const Landmark& l : landmarksFromMasks(e, p.seriesUid))
    for (const PhantomLandmark& t : p.description.truth.landmarks) {
      if (t.id != landmarkName(l, e.chain))
        continue;
      ++compared;
      INFO(t.id);
      const bool isRough = l.site.starts_with("pedicle") || l.site == "spinous" || l.site.ends_with("left") ||
                           l.site.ends_with("right");
      CHECK(distance(l.position, t.lps) < (isRough ? 5.0 : 1.5));
      CHECK(l.confidence > 0.5);
      CHECK(l.provenance.source().starts_with("model:mask-geometry@"));
    }
  CHECK(compared >= 55);
}

TEST_CASE("a network's landmark is shown in the masks' stead but not measured until a person moves it") {
  const PhantomOptions o = lumbar(13);
  PhantomCase p = phantomCase(o, gridFor(o));
  const auto before = measure(p.value, p.seriesUid, nullptr);
  Landmark l{p.instance(Level::L3), "superior.anterior", {}, 0.9, ItemState::Proposed, {}};
  for (const Landmark& m : landmarksFromMasks(effective(p.value), p.seriesUid))
    if (m.instance == l.instance && m.site == l.site)
      l.position = m.position + VectorLps{0, 0, 4};
  l.provenance.origin = Provenance::Origin::Model;
  l.provenance.name = "spine-landmarks";
  p.value.landmarks.push_back(l);
  const auto shown = allLandmarks(effective(p.value), p.seriesUid);
  int times = 0;
  for (const Landmark& m : shown)
    if (m.instance == l.instance && m.site == l.site) {
      ++times;
      CHECK(m.position == l.position);
    }
  CHECK(times == 1);
  const auto same = measure(p.value, p.seriesUid, nullptr);
  CHECK(value(same, p, Level::L3, "body.height.anterior") ==
        value(before, p, Level::L3, "body.height.anterior"));
  p.value.landmarks.back().provenance.editedBy = {"Doe"};
  const auto moved = measure(p.value, p.seriesUid, nullptr);
  CHECK(value(moved, p, Level::L3, "body.height.anterior") >
        value(before, p, Level::L3, "body.height.anterior") + 3);
}

TEST_CASE("slip is positive when the upper vertebra lies in front, negative when behind") {
  const double percent = GENERATE(25.0, -15.0);
  PhantomOptions o = lumbar(14, {4, 3, 5});
  o.from = Level::L2;
  o.slips = {{Level::L4, percent}};
  const PhantomCase p = phantomCase(o, gridFor(o));
  const auto all = measure(p.value, p.seriesUid, nullptr);
  CHECK(value(all, p, Level::L4, "slip.percent") == Approx(percent).margin(2.5));
  CHECK(std::abs(value(all, p, Level::L3, "slip.percent")) < 3.0);
}

TEST_CASE("slip of a turned patient is within 1 mm at voxels of 1.5 mm, and missing at 2 mm") {
  const auto [seed, turn] =
      GENERATE(std::pair{311u, VectorLps{15, -30, -20}}, std::pair{305u, VectorLps{0, 30, 0}});
  PhantomOptions o = lumbar(seed, turn);
  o.spacingMm = 1.5;
  o.slips = {{Level::L4, 25}};
  PhantomCase p = phantomCase(o, gridFor(o));
  const auto all = measure(p.value, p.seriesUid, nullptr);
  for (const PhantomLevelTruth& t : p.description.truth.levels) {
    INFO(levelName(t.level));
    CHECK(value(all, p, t.level, "slip.mm") == Approx(t.slipMm).margin(1.0));
  }
  Study study = p.value.studies[0];
  Stack stack;
  stack.grid = Grid::create(p.grid.size(), p.grid.origin(), {2, 0, 0}, {0, 2, 0}, {0, 0, 2}).value();
  study.series.front().stacks = {stack};
  Case coarse = p.value;
  coarse.studies = {};
  coarse.studies.push_back(study);
  CHECK(row(measure(coarse, p.seriesUid, nullptr), p.instance(Level::L4), "slip.mm").status ==
        MeasurementStatus::Missing);
}

TEST_CASE("one memory serves measurements, landmarks and planes") {
  const PhantomOptions o = lumbar(18);
  const PhantomCase p = phantomCase(o, gridFor(o));
  MeasurementCache cache;
  const auto rows = cache.measure(p.value, p.seriesUid, nullptr);
  CHECK(cache.lastWork().shapes == p.value.chain.entries.size());
  const EffectiveCase e = effective(p.value);
  const auto points = cache.allLandmarks(e, p.seriesUid, nullptr);
  CHECK(cache.lastWork().shapes == 0);
  CHECK(cache.levelPlanes(e, p.seriesUid, nullptr, p.instance(Level::L3)));
  CHECK(cache.lastWork().shapes == 0);
  CHECK(points == allLandmarks(e, p.seriesUid, nullptr));
}

TEST_CASE("a wedge fracture is proposed with its grade, its neighbours are not") {
  PhantomOptions o = lumbar(15, {6, 5, 4});
  o.from = Level::T12;
  o.to = Level::L4;
  o.fractures = {{Level::L2, FractureShape::Wedge, 33}};
  const PhantomCase p = phantomCase(o, gridFor(o));
  const auto all = measure(p.value, p.seriesUid, nullptr);
  CHECK(value(all, p, Level::L2, "body.height.loss") == Approx(33).margin(2));
  CHECK(row(all, p.instance(Level::L2), "body.height.loss").isOutOfRange());
  const auto findings = fractureFindings(p.value.chain, all);
  int found = 0;
  for (const Finding& f : findings) {
    if (f.instance != p.instance(Level::L2)) {
      CHECK(f.abstained);
      continue;
    }
    ++found;
    CHECK(f.id == "fracture.L2");
    CHECK(f.grade == 2);
    CHECK(f.shape == "wedge");
    CHECK(f.probability > 0.9);
    CHECK(f.state == ItemState::Proposed);
  }
  CHECK(found == 1);
}

TEST_CASE("a vertebra that is labelled as one piece is measured by telling its body from its arch") {
  PhantomOptions o = lumbar(16, {8, -6, 5});
  o.to = Level::L4;
  const Grid grid = gridFor(o);
  const PhantomCase divided = phantomCase(o, grid, {ItemState::Confirmed, true, false});
  const PhantomCase whole = phantomCase(o, grid, {ItemState::Confirmed, false, false});
  const auto a = measure(divided.value, divided.seriesUid, nullptr),
             b = measure(whole.value, whole.seriesUid, nullptr);
  for (const Level level : {Level::L1, Level::L2, Level::L3, Level::L4}) {
    INFO(levelName(level));
    for (const char* id : {"body.height.anterior", "body.height.middle", "body.height.posterior"})
      CHECK(value(b, whole, level, id) == Approx(value(a, divided, level, id)).margin(0.8));
    CHECK(value(b, whole, level, "body.volume") ==
          Approx(value(a, divided, level, "body.volume")).epsilon(0.12));
    CHECK(value(b, whole, level, "vertebra.volume") ==
          Approx(value(a, divided, level, "vertebra.volume")).epsilon(0.001));
  }
}

TEST_CASE("a vertebra that the volume's edge cuts has no heights, no volume and says why") {
  PhantomOptions o = lumbar(17);
  o.to = Level::L3;
  const Grid all = gridFor(o, 10);
  // The upper end is 12 mm below L1's upper end plate.
  PointLps top{};
  const SpineDescription d = describeSpine(o).value();
  for (const PhantomLandmark& l : d.truth.landmarks)
    if (l.id == "L1.superior.middle")
      top = l.lps;
  const int slices = int(all.toIjk(top - VectorLps{0, 0, 12}).k);
  const Grid cut =
      Grid::create({all.size().i, all.size().j, slices}, all.origin(), all.stepI(), all.stepJ(), all.stepK())
          .value();
  PhantomCase p = phantomCase(o, cut);
  REQUIRE(p.instance(Level::L1));
  for (const bool flagged : {true, false}) { // by the mask alone, too
    if (!flagged)
      for (ChainEntry& e : p.value.chain.entries)
        e.whole = true;
    const auto rows = measure(p.value, p.seriesUid, nullptr);
    for (const char* id : {"body.height.anterior", "body.height.loss", "body.volume", "vertebra.volume",
                           "body.depth", "body.hu.mean"}) {
      const Measurement& m = row(rows, p.instance(Level::L1), id);
      INFO(id);
      CHECK(m.status == MeasurementStatus::Missing);
      CHECK_FALSE(m.value);
      CHECK(m.reason == "cut by the edge of the volume");
    }
    CHECK(row(rows, p.instance(Level::L2), "body.height.anterior").value);
  }
  for (const Landmark& l : landmarksFromMasks(effective(p.value), p.seriesUid))
    if (l.instance == p.instance(Level::L1))
      CHECK_FALSE(l.site.starts_with("superior."));
}

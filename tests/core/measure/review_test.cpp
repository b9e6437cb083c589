// States, overrides, attenuation, and the cache: on one small phantom.
#include "core/measure/measure.h"
#include "tests/support/phantom_case.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace spondyl;
using test::PhantomCase;
using test::phantomCase;

namespace {

const PhantomCase& small() {
  static const PhantomCase p = [] {
    PhantomOptions o;
    o.seed = 31;
    o.from = Level::L1;
    o.to = Level::L5;
    o.spacingMm = 1.5;
    return phantomCase(o, defaultGrid(describeSpine(o).value(), 1.5, 10).value());
  }();
  return p;
}

const Measurement& row(const std::vector<Measurement>& all, InstanceId instance, const std::string& id) {
  for (const Measurement& m : all)
    if (m.instance == instance && m.id == id)
      return m;
  FAIL("no row " << id);
  return all.front();
}

VolumePtr volumeOf(const Grid& grid, VolumeMeaning meaning, double (*value)(PointLps)) {
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {}, meaning).value();
  auto voxels = builder.voxels<std::int16_t>();
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i)
        voxels[grid.offset({i, j, k})] = std::int16_t(value(grid.toLps(IndexIjk{i, j, k})));
  return std::move(builder).freeze();
}

bool same(const std::vector<Measurement>& a, const std::vector<Measurement>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const Measurement& x, const Measurement& y) {
           return x.id == y.id && x.instance == y.instance && x.value == y.value && x.status == y.status &&
                  x.reason == y.reason && x.note == y.note;
         });
}

Case withBoxErased(const Case& c, PointLps at, int half) {
  Case next = c;
  LabelMap& map = next.layers.front().map;
  LabelMapEditor editor(map);
  const IndexIjk v = nearestIndex(map.grid().toIjk(at));
  for (int k = -half; k <= half; ++k)
    for (int j = -half; j <= half; ++j)
      for (int i = -half; i <= half; ++i)
        editor.set({v.i + i, v.j + j, v.k + k}, StructureId{}, true);
  map = std::move(editor).finish();
  return next;
}

} // namespace

TEST_CASE("what rests on unconfirmed structures is unconfirmed") {
  Case c = small().value;
  const InstanceId l3 = small().instance(Level::L3), l2 = small().instance(Level::L2);
  CHECK(row(measure(c, PhantomCase::seriesUid, nullptr), l3, "body.height.anterior").status ==
        MeasurementStatus::Ok);
  for (Structure s : c.structures.all())
    if (s.instance == l3) {
      s.state = ItemState::Proposed;
      c.structures.update(s);
    }
  const auto all = measure(c, PhantomCase::seriesUid, nullptr);
  CHECK(row(all, l3, "body.height.anterior").status == MeasurementStatus::Unconfirmed);
  CHECK(row(all, l2, "body.height.anterior").status == MeasurementStatus::Ok);
  CHECK(row(all, l2, "body.height.loss").status == MeasurementStatus::Unconfirmed); // compares with L3
  CHECK(row(all, l2, "slip.mm").status == MeasurementStatus::Unconfirmed);          // on L3
}

TEST_CASE("a reader's value stands in place of the computed one, with the reason") {
  Case c = small().value;
  const InstanceId l2 = small().instance(Level::L2);
  c.overrides.push_back(
      {"body.height.anterior", l2, 21.5, "mm", "osteophyte in the mask", "Reader", "2026-05-04T10:00:00Z"});
  const auto all = measure(c, PhantomCase::seriesUid, nullptr);
  const Measurement& m = row(all, l2, "body.height.anterior");
  CHECK(m.value == 21.5);
  CHECK(m.status == MeasurementStatus::Overridden);
  CHECK(m.reason == "osteophyte in the mask");
}

TEST_CASE("a confirmed value is ok until it changes") {
  Case c = small().value;
  const InstanceId l2 = small().instance(Level::L2);
  for (Structure s : c.structures.all()) {
    s.state = ItemState::Proposed;
    c.structures.update(s);
  }
  const double now = *row(measure(c, PhantomCase::seriesUid, nullptr), l2, "body.volume").value;
  c.confirmations.push_back({"body.volume", l2, now, "Reader", "2026-05-04T10:00:00Z"});
  CHECK(row(measure(c, PhantomCase::seriesUid, nullptr), l2, "body.volume").status == MeasurementStatus::Ok);
  c.confirmations.back().value = now + 1;
  const auto all = measure(c, PhantomCase::seriesUid, nullptr);
  CHECK(row(all, l2, "body.volume").status == MeasurementStatus::Unconfirmed);
  CHECK(row(all, l2, "body.volume").note == "changed since it was confirmed");
}

TEST_CASE("a moved landmark moves what is measured from it, whatever the mask says") {
  Case c = small().value;
  const InstanceId l3 = small().instance(Level::L3);
  const auto before = measure(c, PhantomCase::seriesUid, nullptr);
  const MeasurementLine line = row(before, l3, "body.height.anterior").lines.front();
  const VectorLps up = normalized(line.from - line.to);
  c.landmarks.push_back({l3, "superior.anterior", line.from + up * 3.0, 1, ItemState::Confirmed, {}});
  const auto after = measure(c, PhantomCase::seriesUid, nullptr);
  CHECK(*row(after, l3, "body.height.anterior").value ==
        Approx(*row(before, l3, "body.height.anterior").value + 3));
  CHECK(*row(after, l3, "body.height.posterior").value == *row(before, l3, "body.height.posterior").value);
  CHECK(landmarksFromMasks(effective(c), PhantomCase::seriesUid).size() + 1 ==
        landmarksFromMasks(effective(small().value), PhantomCase::seriesUid).size());
}

TEST_CASE("trabecular attenuation is that of the spongy bone, and only of CT") {
  const PhantomCase& p = small();
  const InstanceId l1 = p.instance(Level::L1);
  const VolumePtr ct = volumeOf(p.grid, VolumeMeaning::CtHounsfield, [](PointLps) { return 143.0; });
  const auto all = measure(p.value, p.seriesUid, ct.get());
  CHECK(*row(all, l1, "body.hu.mean").value == Approx(143));
  CHECK(*row(all, l1, "body.hu.median").value == Approx(143));
  CHECK(*row(all, l1, "body.hu.mean").normalLow == 110);
  CHECK(row(all, l1, "body.hu.mean").note == "120 kVp");
  CHECK_FALSE(row(all, p.instance(Level::L2), "body.hu.mean").normalLow);
  const VolumePtr mr = volumeOf(p.grid, VolumeMeaning::MrSignal, [](PointLps) { return 143.0; });
  CHECK(row(measure(p.value, p.seriesUid, mr.get()), l1, "body.hu.mean").reason ==
        "the image is not CT: its values are not Hounsfield units");
  CHECK(row(measure(p.value, p.seriesUid, nullptr), l1, "body.hu.mean").reason == "no image");
  const VolumePtr metal = volumeOf(p.grid, VolumeMeaning::CtHounsfield, [](PointLps) { return 3071.0; });
  CHECK(row(measure(p.value, p.seriesUid, metal.get()), l1, "body.hu.mean").reason ==
        "metal in the vertebral body");
}

TEST_CASE("every level has every row, with a value or a reason") {
  const PhantomCase& p = small();
  const auto all = measure(p.value, p.seriesUid, nullptr);
  std::set<std::pair<std::string, InstanceId>> seen;
  for (const Measurement& m : all) {
    INFO(m.level << " " << m.id);
    CHECK(seen.insert({m.id, m.instance}).second);
    CHECK(measurementDefinition(m.id) != nullptr);
    CHECK(m.value.has_value() == (m.status != MeasurementStatus::Missing));
    CHECK(m.reason.empty() == (m.status != MeasurementStatus::Missing));
    if (m.value)
      CHECK(std::isfinite(*m.value));
  }
  Case withoutSacrum = p.value;
  withoutSacrum.chain.entries.pop_back();
  CHECK(
      row(measure(withoutSacrum, p.seriesUid, nullptr), p.instance(Level::L5), "disc.height.middle").reason ==
      "the level below is not in view");
  CHECK(*row(all, p.instance(Level::L3), "canal.ap").value > 10);
  CHECK(*row(all, p.instance(Level::L3), "canal.area").value > 100);
}

TEST_CASE("a stroke on L3 recomputes what read L3, and nothing else") {
  const PhantomCase& p = small();
  MeasurementCache cache;
  const auto first = cache.measure(p.value, p.seriesUid, nullptr);
  CHECK(cache.lastWork().shapes == p.value.chain.entries.size());
  CHECK(same(first, cache.measure(p.value, p.seriesUid, nullptr)));
  CHECK(cache.lastWork().shapes == 0);
  CHECK(cache.lastWork().rows == 0);

  // A bite out of L3's front.
  const InstanceId l3 = p.instance(Level::L3);
  const PointLps front = row(first, l3, "body.height.anterior").at;
  const Case painted =
      withBoxErased(p.value, front + normalized(p.value.chain.find(l3)->centroid - front) * 2.0, 2);
  const auto second = cache.measure(painted, p.seriesUid, nullptr);
  CHECK(cache.lastWork().shapes == 1);
  bool ownRows = false;
  for (const auto& [id, instance] : cache.lastWork().recomputed) {
    INFO(id);
    ownRows = ownRows || (instance == l3 && id == "body.volume");
    // L1 and L5 read L3 nowhere: their neighbours L2 and L4 are intact.
    const bool isFar = instance == p.instance(Level::L1) || instance == p.instance(Level::L5);
    if (isFar)
      CHECK((id.starts_with("cobb.") || id.starts_with("lordosis.") || id == "body.rotation"));
  }
  CHECK(ownRows);
  CHECK(same(second, measure(painted, p.seriesUid, nullptr)));
  CHECK_FALSE(same(first, second));
  // Back again, as undo does: the first values.
  CHECK(same(first, cache.measure(p.value, p.seriesUid, nullptr)));
}

TEST_CASE("level planes lie along the vertebra and keep the patient's sides") {
  const PhantomCase& p = small();
  const auto planes = levelPlanes(effective(p.value), p.seriesUid, nullptr, p.instance(Level::L3));
  REQUIRE(planes);
  CHECK(dot(planes->axial.right, p.description.pose.x) > 0.95);
  CHECK(dot(planes->axial.down, p.description.pose.y) > 0.7);
  CHECK(dot(planes->sagittal.right, p.description.pose.y) > 0.7);
  CHECK(dot(planes->coronal.down, p.description.pose.z) < -0.7);
  REQUIRE(planes->discBelow);
  CHECK(dot(planes->discBelow->origin - planes->axial.origin, p.description.pose.z) < -10);
}

// The worked examples of the clinical definitions.
#include "core/measure/formulas.h"
#include "core/measure/measure.h"

#include <catch2/catch.hpp>

using namespace spondyl;

TEST_CASE("height loss is against the mean of the two nearest intact neighbours") {
  const std::vector<std::optional<BodyHeights>> chain = {
      BodyHeights{24.5, 23.8, 25.0}, BodyHeights{18, 20, 24}, BodyHeights{25.5, 24.2, 25.4}};
  const std::vector<std::optional<Level>> levels = {Level::T12, Level::L1, Level::L2};
  const auto loss = heightLoss(chain, levels, 1);
  REQUIRE(loss);
  CHECK(loss->reference.anterior == Approx(25.0));
  CHECK(loss->reference.middle == Approx(24.0));
  CHECK(loss->reference.posterior == Approx(25.2));
  CHECK(100 * loss->anterior == Approx(28.0).margin(0.05));
  CHECK(100 * loss->middle == Approx(16.7).margin(0.05));
  CHECK(100 * loss->posterior == Approx(4.8).margin(0.05));
  CHECK(genantGrade(loss->largest()) == 2);
  CHECK(genantShape(*loss) == "wedge");
  CHECK(18.0 / 24 == Approx(0.750));
  CHECK(20.0 / 24 == Approx(0.833).margin(0.0005));
}

TEST_CASE("a fractured neighbour is no reference, the next intact one is") {
  const BodyHeights intact{25, 24, 25}, wedge{15, 20, 24};
  const std::vector<std::optional<BodyHeights>> chain = {intact, wedge, BodyHeights{20, 22, 24}, intact};
  const std::vector<std::optional<Level>> levels = {Level::T12, Level::L1, Level::L2, Level::L3};
  const auto loss = heightLoss(chain, levels, 2);
  REQUIRE(loss);
  CHECK(loss->from == std::vector<std::size_t>{0, 3});
  CHECK(loss->anterior == Approx(0.2));
}

TEST_CASE("references do not cross C7/T1 and one neighbour is enough") {
  const BodyHeights low{14, 13, 14}, high{18, 17, 18};
  const std::vector<std::optional<BodyHeights>> chain = {low, low, high, high};
  const std::vector<std::optional<Level>> levels = {Level::C6, Level::C7, Level::T1, Level::T2};
  const auto c7 = heightLoss(chain, levels, 1), t1 = heightLoss(chain, levels, 2);
  REQUIRE(c7);
  REQUIRE(t1);
  CHECK(c7->from == std::vector<std::size_t>{0});
  CHECK(t1->from == std::vector<std::size_t>{3});
  CHECK_FALSE(heightLoss(std::vector<std::optional<BodyHeights>>{low},
                         std::vector<std::optional<Level>>{Level::C5}, 0));
}

TEST_CASE("Genant's grades begin at 20, 25 and above 40 percent") {
  CHECK(genantGrade(0.199) == 0);
  CHECK(genantGrade(0.20) == 1);
  CHECK(genantGrade(0.249) == 1);
  CHECK(genantGrade(0.25) == 2);
  CHECK(genantGrade(0.40) == 2);
  CHECK(genantGrade(0.401) == 3);
}

TEST_CASE("disc heights are perpendicular to the bisector of the end plates") {
  // x runs posteriorly in the worked example, its y upwards.
  const auto at = [](double x, double y) { return PointLps{0, x, y}; };
  const DiscHeights d = discHeights({at(0, 0), at(34, 2), at(1, -12), at(35, -6)});
  CHECK(d.angleDeg == Approx(6.64).margin(0.01));
  CHECK(d.anterior == Approx(12.03).margin(0.005));
  CHECK(d.posterior == Approx(8.06).margin(0.005));
  CHECK(d.dabbs() == Approx(10.05).margin(0.005));
  CHECK(d.farfan() == Approx(0.590).margin(0.0005));
  CHECK(discHeightIndex((9.5 + 7.0) / 2, 27.0, 26.5) == Approx(0.308).margin(0.0005));
}

TEST_CASE("slip is signed along the lower end plate, anterior positive") {
  const auto at = [](double anterior, double up) { return PointLps{0, -anterior, up}; };
  const Slip s = slip(at(5.2, 12.5), at(0, 0), at(35, 6));
  CHECK(s.mm == Approx(7.24).margin(0.005));
  CHECK(s.percent == Approx(20.4).margin(0.05));
  CHECK(meyerdingGrade(s.percent) == 1);
  CHECK(slip(at(-4, 10), at(0, 0), at(35, 0)).mm == Approx(-4.0));
}

TEST_CASE("Cobb's angle and the axial rotation follow their examples") {
  CHECK(cobbAngle(12.0, -15.5) == Approx(27.5));
  // 6 mm to the right of the patient over 28 mm behind.
  CHECK(axialRotationDeg({0, 0, 0}, {-6, 28, 0}, {1, 0, 0}, {0, 1, 0}) == Approx(12.09).margin(0.005));
  CHECK(axialRotationDeg({0, 0, 0}, {6, 28, 0}, {1, 0, 0}, {0, 1, 0}) == Approx(-12.09).margin(0.005));
}

namespace {
/// x anterior, z up in the worked example.
PointLps sagittal(double anterior, double up) {
  return {0, -anterior, up};
}

Case pelvicCase() {
  Case c;
  Study study;
  Series series;
  series.uid = "1";
  series.patientPosition = "HFS";
  study.series.push_back(series);
  c.studies.push_back(study);
  const InstanceId c7{1}, t1{2}, s1{3};
  for (const auto& [instance, level] :
       {std::pair{c7, Level::C7}, std::pair{t1, Level::T1}, std::pair{s1, Level::Sacrum}})
    c.chain.entries.push_back({instance, level, 1, {}, true, {}});
  c.landmarks = {{s1, "endplate.posterior", sagittal(-52, 82), 1, ItemState::Confirmed, {}},
                 {s1, "endplate.anterior", sagittal(-22, 60), 1, ItemState::Confirmed, {}},
                 {t1, "centre", sagittal(-30, 520), 1, ItemState::Confirmed, {}},
                 {c7, "centre", sagittal(-12, 540), 1, ItemState::Confirmed, {}},
                 {{}, "hip.left", {88, 0, 0}, 1, ItemState::Confirmed, {}},
                 {{}, "hip.right", {-88, 0, 0}, 1, ItemState::Confirmed, {}}};
  return c;
}

const Measurement& row(const std::vector<Measurement>& all, const std::string& id) {
  for (const Measurement& m : all)
    if (m.id == id)
      return m;
  FAIL("no row " << id);
  return all.front();
}
} // namespace

TEST_CASE("pelvic parameters come from landmarks alone, and say that the patient lies") {
  const auto all = measure(pelvicCase(), "1", nullptr);
  CHECK(*row(all, "sacral.slope").value == Approx(36.25).margin(0.005));
  CHECK(*row(all, "pelvic.tilt").value == Approx(27.53).margin(0.005));
  CHECK(*row(all, "pelvic.incidence").value == Approx(63.78).margin(0.005));
  CHECK(*row(all, "tpa").value == Approx(24.22).margin(0.005));
  CHECK(*row(all, "sva").value == Approx(40.0));
  CHECK(row(all, "sva").status == MeasurementStatus::Ok);
  CHECK(row(all, "sva").note == "supine: standing thresholds do not apply");
  CHECK_FALSE(row(all, "pelvic.tilt").normalHigh);
  CHECK(*row(all, "pelvic.incidence").normalHigh == 74);
  CHECK_FALSE(row(all, "pelvic.incidence").isOutOfRange());
}

TEST_CASE("pelvic incidence does not depend on how the patient lies") {
  Case c = pelvicCase();
  const double angle = 0.5;
  for (Landmark& l : c.landmarks) {
    const PointLps p = l.position;
    l.position = {p.x, p.y * std::cos(angle) - p.z * std::sin(angle),
                  p.y * std::sin(angle) + p.z * std::cos(angle)};
  }
  const auto all = measure(c, "1", nullptr);
  CHECK(*row(all, "pelvic.incidence").value == Approx(63.78).margin(0.005));
  CHECK(*row(all, "sacral.slope").value > 60);
}

TEST_CASE("without femoral heads pelvic parameters are missing with that reason") {
  Case c = pelvicCase();
  c.landmarks.resize(4);
  const auto all = measure(c, "1", nullptr);
  for (const char* id : {"pelvic.incidence", "pelvic.tilt", "tpa", "pi-ll"}) {
    CHECK_FALSE(row(all, id).value);
    CHECK(row(all, id).status == MeasurementStatus::Missing);
    CHECK(row(all, id).reason == "the femoral heads are not in view");
  }
  CHECK(row(all, "sva").value);
}

TEST_CASE("coronal balance is positive to the patient's right") {
  Case c = pelvicCase();
  c.landmarks[3].position.x = -15; // C7 to the patient's right
  CHECK(*row(measure(c, "1", nullptr), "balance.coronal").value == Approx(15));
}

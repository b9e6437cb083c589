#include "app/panels/measures_model.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::app;

namespace {
Measurement measurement(const std::string& id, std::uint32_t instance, std::optional<double> value,
                        const std::string& unit) {
  Measurement m;
  m.id = id;
  m.instance = InstanceId{instance};
  m.level = "L" + std::to_string(instance);
  m.value = value;
  m.unit = unit;
  m.status = value ? MeasurementStatus::Ok : MeasurementStatus::Missing;
  return m;
}
} // namespace

TEST_CASE("measurements are grouped by level in their order") {
  const MeasuresModel model = buildMeasures({measurement("body.height.anterior", 1, 27.08, "mm"),
                                             measurement("body.height.posterior", 1, 28.0, "mm"),
                                             measurement("body.height.anterior", 2, 26.0, "mm")});
  REQUIRE(model.groups.size() == 2);
  CHECK(model.groups[0].level == "L1");
  REQUIRE(model.groups[0].rows.size() == 2);
  CHECK(model.groups[0].rows[0].value == "27.1");
  CHECK(model.groups[0].rows[0].unit == "mm");
}

TEST_CASE("a missing value is a dash with its reason") {
  Measurement m = measurement("body.hu.mean", 1, std::nullopt, "[hnsf'U]");
  m.reason = "the vertebra is cut by the edge of the volume";
  const MeasureRow row = buildMeasures({m}).groups[0].rows[0];
  CHECK(row.missing);
  CHECK(row.value == "—");
  CHECK(row.note == m.reason);
}

TEST_CASE("a value outside its range is marked and says the range with its source") {
  Measurement m = measurement("body.height.loss", 1, 31.0, "%");
  m.normalHigh = 20.0;
  m.normalSource = "Genant 1993";
  const MeasureRow row = buildMeasures({m}).groups[0].rows[0];
  CHECK(row.outOfRange);
  CHECK(row.note.find("outside … to 20") != std::string::npos);
  CHECK(row.note.find("Genant 1993") != std::string::npos);
  m.value = 12.0;
  CHECK_FALSE(buildMeasures({m}).groups[0].rows[0].outOfRange);
}

TEST_CASE("what an edit changed shows the value that was there before") {
  const MeasuresModel before = buildMeasures(
      {measurement("body.height.anterior", 1, 27.0, "mm"), measurement("body.height.middle", 1, 26.0, "mm")});
  const MeasuresModel after = buildMeasures(
      {measurement("body.height.anterior", 1, 25.0, "mm"), measurement("body.height.middle", 1, 26.0, "mm")},
      &before);
  CHECK(after.find("body.height.anterior", InstanceId{1})->previous == "27.0");
  CHECK(after.find("body.height.middle", InstanceId{1})->previous.empty());
}

TEST_CASE("a sign is shown where it means something, with a true minus") {
  CHECK(valueForPeople("slip.mm", 3.24, 1) == "+3.2");
  CHECK(valueForPeople("slip.mm", -3.24, 1) == "−3.2");
  CHECK(valueForPeople("slip.mm", -0.01, 1) == "0.0");
  CHECK(valueForPeople("body.height.anterior", 27.0, 1) == "27.0");
  CHECK(valueForPeople("body.hu.mean", -12.0, 0) == "−12");
}

TEST_CASE("UCUM units are worded for people") {
  CHECK(unitForPeople("deg") == "°");
  CHECK(unitForPeople("[hnsf'U]") == "HU");
  CHECK(unitForPeople("cm3") == "cm³");
  CHECK(unitForPeople("1").empty());
  CHECK(unitForPeople("mm") == "mm");
}

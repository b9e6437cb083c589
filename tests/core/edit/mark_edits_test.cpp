#include "core/case/case_json.h"
#include "tests/core/edit/edit_fixture.h"

#include <cmath>

using namespace spondyl;
using namespace spondyl::test;

TEST_CASE("what is drawn is kept, replaced by its number and taken away again") {
  const CasePtr c = std::make_shared<const Case>(test::caseOn(test::obliqueGrid()));
  Mark mark;
  mark.id = 3;
  mark.kind = MarkKind::Angle;
  mark.seriesUid = "1.2.3";
  mark.plane = sagittalPlane({4, 5, 6});
  mark.points = {{1, 2, 3}, {1.5, 2.25, -3}, {0, 0.1, 0.2}};
  mark.where = "Sagittal · L3";
  mark.value = "31.2°";
  const CasePtr drawn = with(c, PutMark{mark});
  CHECK(unchanged(drawn, PutMark{mark}));
  CHECK_FALSE(sameContent(*c, *drawn));
  Case read = *c; // through the texts of journal and file
  for (const CaseItem& item : caseItems(*drawn))
    REQUIRE(readCaseItem(read, item));
  CHECK(read.marks == Marks{mark});
  mark.points[0].x = 2;
  const CasePtr moved = with(drawn, PutMark{mark});
  CHECK(moved->marks == Marks{mark});
  CHECK(with(moved, RemoveMark{3})->marks.empty());
  CHECK(refusal(c, RemoveMark{3}) == ErrorCode::UnknownItem);
  mark.points[1].z = std::nan("");
  CHECK(refusal(c, PutMark{mark}) == ErrorCode::InvalidEdit);
}

TEST_CASE("a line of known length calibrates a radiograph, nothing else, and may be taken back") {
  Case c = test::caseOn(test::obliqueGrid());
  const LineCalibration line{"1.2.3", 0, 0.143, 100, "reader", "2026-01-01T00:00:00Z"};
  CHECK(refusal(std::make_shared<const Case>(c), SetCalibration{line, {}}) == ErrorCode::InvalidEdit);
  Study study = c.studies[0];
  study.series[0].stacks[0].radiograph = Radiograph{};
  c.studies = {study};
  const CasePtr open = std::make_shared<const Case>(c);
  const CasePtr calibrated = with(open, SetCalibration{line, {}});
  REQUIRE(calibrated->calibration("1.2.3", 0));
  CHECK(*calibrated->calibration("1.2.3", 0) == line);
  CHECK_FALSE(calibrated->calibration("1.2.3", 1));
  Case read = c;
  for (const CaseItem& item : caseItems(*calibrated))
    REQUIRE(readCaseItem(read, item));
  CHECK(read.calibrations == calibrated->calibrations);
  LineCalibration other = line;
  other.mmPerUnit = 0.15;
  CHECK(with(calibrated, SetCalibration{other, {}})->calibrations == std::vector{other});
  Mark mark;
  mark.id = 1;
  mark.points = {{0, 0, 0}, {10, 0, 0}};
  mark.value = "10.0 px";
  CHECK(refusal(open, SetCalibration{line, {mark}}) == ErrorCode::UnknownItem);
  const CasePtr drawn = with(open, PutMark{mark});
  mark.value = "1.4 mm by a line";
  CHECK(with(drawn, SetCalibration{line, {mark}})->marks == Marks{mark}); // one step for both
  CHECK(with(calibrated, ClearCalibration{"1.2.3", 0, {}})->calibrations.empty());
  CHECK(unchanged(open, ClearCalibration{"1.2.3", 0, {}}));
  for (const double bad : {0.0, -1.0, std::nan("")}) {
    other.mmPerUnit = bad;
    CHECK(refusal(open, SetCalibration{other, {}}) == ErrorCode::InvalidEdit);
  }
}

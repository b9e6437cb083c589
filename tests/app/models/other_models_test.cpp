#include "app/panels/findings_model.h"
#include "app/panels/report_model.h"
#include "app/panels/series_model.h"
#include "tests/app/models/spine_case.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::app;

namespace {
Finding fracture(const Case& c, std::size_t place, const std::string& id, ItemState state) {
  Finding finding;
  finding.id = id;
  finding.instance = c.chain.entries[place].instance;
  finding.kind = "fracture";
  finding.grade = 2;
  finding.shape = "wedge";
  finding.state = state;
  return finding;
}
} // namespace

TEST_CASE("findings to review stand before confirmed and rejected ones") {
  Case c = test::spineCase(test::lumbar);
  c.findings = {fracture(c, 0, "a", ItemState::Rejected), fracture(c, 1, "b", ItemState::Confirmed),
                fracture(c, 2, "c", ItemState::Proposed)};
  EffectiveCase e = effective(c);
  e.findings = c.findings;
  const FindingsModel model = buildFindings(c, e);
  REQUIRE(model.rows.size() == 3);
  CHECK(model.rows[0].id == "c");
  CHECK(model.rows[1].id == "b");
  CHECK(model.rows[2].id == "a");
  CHECK(model.rows[0].title == "Fracture, Genant 2, wedge");
  CHECK(model.rows[0].level == "L3");
  CHECK(model.open == 1);
}

TEST_CASE("the report says what is confirmed and what is left out") {
  Case c = test::spineCase({Level::L1, Level::L2}, ItemState::Confirmed);
  Structure second = c.structures.all()[1];
  second.state = ItemState::Edited;
  c.structures.update(second);
  const EffectiveCase e = effective(c);
  CHECK(buildReport(c, e, false).summary ==
        "1 level and 0 findings are confirmed. 1 level and 0 findings are not reviewed and left out.");
  CHECK(buildReport(c, e, true).summary.find("marked so") != std::string::npos);
  CHECK(buildReport(Case{}, effective(Case{}), false).summary == "There is nothing to report yet.");
}

TEST_CASE("a key image is titled by its view and the level it shows") {
  Case c = test::spineCase(test::lumbar);
  KeyImage image;
  image.id = "k";
  image.view = "sagittal";
  image.at = c.chain.entries[2].centroid;
  c.keyImages = {image};
  CHECK(buildReport(c, effective(c), false).keyImages[0].title == "Sagittal, L3");
}

TEST_CASE("series are grouped by study and say modality, slices and spacing") {
  Series series;
  series.uid = "1.2";
  series.modality = "CT";
  series.description = "Spine 1.0";
  Stack stack;
  stack.grid = Grid::create({512, 512, 320}, {0, 0, 0}, {0.5, 0, 0}, {0, 0.5, 0}, {0, 0, 1.25}).value();
  series.stacks.push_back(std::move(stack));
  Series broken;
  broken.number = 4;
  broken.modality = "MR";
  broken.sliceCount = 1;
  Stack lone;
  lone.refusal = fail(ErrorCode::SingleSlice, {"4"});
  broken.stacks.push_back(std::move(lone));
  Study study;
  study.date = "2024-05-03";
  study.series = {series, broken};
  StudyListing listing;
  listing.studies = {study};
  const auto groups = buildSeries(listing);
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].title == "2024-05-03");
  CHECK(groups[0].rows[0].subtitle == "CT · 320 × 1.25 mm");
  CHECK(groups[0].rows[0].usable);
  CHECK(groups[0].rows[1].title == "Series 4");
  CHECK(groups[0].rows[1].subtitle == "MR · 1 image");
  CHECK_FALSE(groups[0].rows[1].usable);
  CHECK(groups[0].rows[1].refusal);
}

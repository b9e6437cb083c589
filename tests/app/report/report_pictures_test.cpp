#include "app/report/report_pictures.h"
#include "viewer/capture/capture.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::app;

namespace {

struct Scan {
  VolumePtr volume;
  CasePtr document;
};

/// A CT of nothing but a gradient; one named vertebra in the chain.
Scan scan() {
  static const viewer::OffscreenApplication application;
  const GridSize size{24, 24, 24};
  const Grid grid = Grid::create(size, {-23, -23, -23}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}).value();
  VolumeBuilder builder =
      VolumeBuilder::create(grid, VoxelType::Int16, {}, VolumeMeaning::CtHounsfield).value();
  auto voxels = builder.voxels<std::int16_t>();
  for (std::size_t n = 0; n < size.count(); ++n)
    voxels[n] = std::int16_t(int(n % 24) * 40 - 200);
  Series series;
  series.uid = "1.2.3";
  series.modality = "CT";
  Study study;
  study.patient.name = "Nobody^Known";
  study.series = {series};
  Case c;
  c.patient = study.patient;
  c.studies = {study};
  c.chain.entries.push_back({InstanceId{1}, Level::L3, 1.0, {0, 0, 0}, true, {}});
  return {std::move(builder).freeze(), std::make_shared<const Case>(c)};
}

Report reportOf(const Scan& s) {
  Report r;
  r.chain = s.document->chain;
  r.includeProposed = true;
  return r;
}

} // namespace

TEST_CASE("a report shows the key images that were kept, in their order, with place and window") {
  const Scan s = scan();
  Report report = reportOf(s);
  report.keyImages = {{"a", "1.2.3", {0, 0, 2}, "axial", "the canal", 40, 400},
                      {"b", "1.2.3", {0, 0, 0}, "sagittal", "", 0, 0},
                      {"c", "another series", {0, 0, 0}, "axial", "", 40, 400}};
  const auto pictures = reportPictures(report, s.volume, s.document, "1.2.3");
  REQUIRE(pictures.ok());
  REQUIRE(pictures->size() == 2);
  CHECK((*pictures)[0].caption == "the canal · Axial at L3 · level 40, window 400");
  CHECK((*pictures)[1].caption == "Sagittal at L3");
  CHECK_FALSE((*pictures)[0].picture.isNull());
}

TEST_CASE("a key image outside the volume is an error, not a report without it") {
  const Scan s = scan();
  Report report = reportOf(s);
  report.keyImages = {{"a", "1.2.3", {900, 0, 0}, "axial", "", 40, 400}};
  const auto pictures = reportPictures(report, s.volume, s.document, "1.2.3");
  REQUIRE_FALSE(pictures.ok());
  CHECK(pictures.error().code == ErrorCode::UnknownItem);
}

TEST_CASE("a report without key images shows the usual ones, the worst finding among them") {
  const Scan s = scan();
  Report report = reportOf(s);
  ReportFinding mild;
  mild.finding.instance = InstanceId{1};
  mild.finding.grade = 1;
  mild.level = "L3";
  mild.sentence = "fracture, Genant grade 1 (mild)";
  report.findings = {mild};
  const auto pictures = reportPictures(report, s.volume, s.document, "1.2.3");
  REQUIRE(pictures.ok());
  REQUIRE(pictures->size() >= 3); // a fourth, 3D, where the machine can draw it
  CHECK((*pictures)[0].caption.starts_with("Sagittal through L3 · level "));
  CHECK((*pictures)[1].caption.starts_with("Coronal through L3 · level "));
  CHECK((*pictures)[2].caption.starts_with("Axial at L3 (fracture, Genant grade 1 (mild)) · level "));
}

TEST_CASE("without a volume, and where nothing was reviewed, a report has no pictures") {
  const Scan s = scan();
  Report report = reportOf(s);
  CHECK(reportPictures(report, nullptr, s.document, "1.2.3")->empty());
  report.nothingReviewed = true;
  CHECK(reportPictures(report, s.volume, s.document, "1.2.3")->empty());
}

// What is wrong with real series, made on purpose: found, said, and the geometry still right.
#include "tests/core/dicom/series_builder.h"

#include <fstream>

using namespace spondyl;
using namespace spondyl::test;

namespace {

Stack onlyStack(const StudyListing& listing) {
  REQUIRE(listing.studies.size() == 1);
  REQUIRE(listing.studies[0].series.size() == 1);
  REQUIRE(listing.studies[0].series[0].stacks.size() == 1);
  return listing.studies[0].series[0].stacks[0];
}

VolumePtr loadOnly(const StudyListing& listing) {
  auto loaded = loadVolume(listing.studies[0].series[0], 0, {});
  REQUIRE(loaded);
  return loaded->volume;
}

// One slice of the ramp at height z.
VolumePtr sliceAt(double z, int value = 0) {
  return rampVolume(axialGrid({6, 5, 1}, {-10, -20, z}), value);
}

} // namespace

TEST_CASE(
    "two missing slices of forty are found, filled between their neighbours and leave the geometry right") {
  SeriesFolder folder;
  folder.add(*rampVolume(axialGrid({6, 5, 40})));
  std::filesystem::remove(folder.file(0, 12));
  std::filesystem::remove(folder.file(0, 25));
  const StudyListing listing = folder.open();
  const Stack stack = onlyStack(listing);
  REQUIRE(stack.grid);
  CHECK(stack.grid->sameAs(axialGrid({6, 5, 40})));
  const Warning* warning = findWarning(stack.warnings, WarningCode::MissingSlices);
  REQUIRE(warning);
  CHECK(warning->arguments == std::vector<std::string>{"2", "2", "11-13, 24-26"});
  CHECK(stack.slices[12].isMissing());
  CHECK_FALSE(stack.slices[13].isMissing());
  const VolumePtr volume = loadOnly(listing);
  CHECK(volume->value({3, 3, 12}) == 1200);
  CHECK(volume->value({3, 3, 13}) == 1300);
}

TEST_CASE("a gap too wide to be filled makes the stack no volume") {
  SeriesFolder folder;
  folder.add(*rampVolume(axialGrid({6, 5, 30})));
  for (int k = 10; k < 20; ++k)
    std::filesystem::remove(folder.file(0, k));
  const Stack stack = onlyStack(folder.open());
  REQUIRE(stack.refusal);
  CHECK(stack.refusal->code == ErrorCode::UnevenSlices);
  CHECK(stack.refusal->arguments == std::vector<std::string>{"made", "2", "22"});
}

TEST_CASE("a copied file and a second image at the same place are each counted and dropped") {
  SeriesFolder folder;
  folder.add(*rampVolume(axialGrid({6, 5, 8})));
  std::filesystem::copy_file(folder.file(0, 3), folder.path() / "copy.dcm");
  const Stack copied = onlyStack(folder.open());
  REQUIRE(findWarning(copied.warnings, WarningCode::DuplicateSlices));
  CHECK(findWarning(copied.warnings, WarningCode::DuplicateSlices)->arguments[0] == "1");
  std::filesystem::remove(folder.path() / "copy.dcm");
  folder.add(*sliceAt(30 + 2 * 4, 9999)); // another object at slice 4
  const StudyListing listing = folder.open();
  const Stack stack = onlyStack(listing);
  REQUIRE(findWarning(stack.warnings, WarningCode::DuplicateSlices));
  CHECK(stack.grid->sameAs(axialGrid({6, 5, 8})));
}

TEST_CASE("gantry tilt is kept as a sheared grid and said in degrees") {
  const double tilt = 15.0 * 3.14159265358979 / 180;
  SeriesFolder folder;
  const Grid grid = axialGrid({6, 5, 10}, {-10, -20, 30}, {0, 3 * std::sin(tilt), 3 * std::cos(tilt)});
  folder.add(*rampVolume(grid));
  const StudyListing listing = folder.open();
  const Stack stack = onlyStack(listing);
  const Warning* warning = findWarning(stack.warnings, WarningCode::GantryTilt);
  REQUIRE(warning);
  CHECK(std::stod(warning->arguments[0]) == Approx(15).margin(0.01));
  CHECK(stack.grid->isSheared());
  CHECK(stack.grid->sameAs(grid));
}

TEST_CASE("uneven slices are resampled to their middle step and said, the values follow the place") {
  SeriesFolder folder;
  double z = 0;
  for (const double step : {0.0, 2.0, 2.0, 2.6, 1.4, 2.0, 2.0}) {
    z += step;
    folder.add(*sliceAt(z, static_cast<int>(std::lround(100 * z))));
  }
  const StudyListing listing = folder.open();
  const Stack stack = onlyStack(listing);
  const Warning* warning = findWarning(stack.warnings, WarningCode::UnevenSlices);
  REQUIRE(warning);
  CHECK(warning->arguments == std::vector<std::string>{"1.4", "2.6"});
  REQUIRE(stack.grid);
  CHECK(stack.grid->spacing()[2] == Approx(2));
  CHECK(stack.grid->size().k == 7);
  const VolumePtr volume = loadOnly(listing);
  for (int k = 0; k < 7; ++k)
    CHECK(volume->value({2, 2, k}) == Approx(200 * k).margin(1));
}

TEST_CASE("positions rounded to two decimals are no unevenness") {
  SeriesFolder folder;
  for (int k = 0; k < 12; ++k)
    folder.add(*sliceAt(std::round(k * 62.5) / 100.0));
  const Stack stack = onlyStack(folder.open());
  CHECK_FALSE(findWarning(stack.warnings, WarningCode::UnevenSlices));
  CHECK(stack.grid->spacing()[2] == Approx(0.625).margin(0.001));
}

TEST_CASE("planes of several orientations in one series are stacks of their own") {
  SeriesFolder folder;
  folder.add(*rampVolume(axialGrid({6, 5, 4})));
  folder.add(
      *rampVolume(Grid::create({6, 5, 3}, {0, -10, 40}, {0, 0.5, 0}, {0, 0, -0.75}, {-4, 0, 0}).value()));
  const StudyListing listing = folder.open();
  REQUIRE(listing.studies[0].series.size() == 1);
  const auto& stacks = listing.studies[0].series[0].stacks;
  REQUIRE(stacks.size() == 2);
  CHECK(stacks[0].tellsApart == "axial");
  CHECK(stacks[1].tellsApart == "sagittal");
  CHECK(findWarning(stacks[0].warnings, WarningCode::SeveralOrientations)->arguments[0] == "2");
  CHECK(stacks[1].grid->size() == GridSize{6, 5, 3});
}

TEST_CASE("echoes at the same places are stacks of their own, told apart by the echo time") {
  SeriesFolder folder;
  Series series = madeSeries();
  series.modality = "MR";
  for (const double echo : {12.0, 80.0}) {
    series.echoTimeMs = echo;
    folder.add(*rampVolume(axialGrid({6, 5, 4}), static_cast<int>(echo)), madeStudy(), series);
  }
  const StudyListing listing = folder.open();
  const auto& stacks = listing.studies[0].series[0].stacks;
  REQUIRE(stacks.size() == 2);
  CHECK(stacks[0].tellsApart == "echo time 12");
  CHECK(stacks[1].tellsApart == "echo time 80");
  const auto second = loadVolume(listing.studies[0].series[0], 1, {});
  REQUIRE(second);
  CHECK(second->volume->value({0, 0, 0}) == 80);
}

TEST_CASE("two patients in one folder are two studies and a warning, even under the same UIDs") {
  SeriesFolder folder;
  folder.add(*rampVolume(axialGrid({6, 5, 4})), madeStudy("P1", "Muster^Erika"));
  folder.add(*rampVolume(axialGrid({6, 5, 4}, {-10, -20, 38})), madeStudy("P2", "Beispiel^Bernd"));
  const StudyListing listing = folder.open();
  CHECK(listing.studies.size() == 2);
  CHECK(findWarning(listing.warnings, WarningCode::SeveralPatients)->arguments[0] == "2");
  for (const Study& study : listing.studies)
    CHECK(study.series[0].stacks[0].grid->size().k == 4);
}

TEST_CASE("one slice is listed but is no volume, unless the caller says that it may be") {
  SeriesFolder folder;
  folder.add(*sliceAt(5, 77));
  const StudyListing listing = folder.open();
  const Stack stack = onlyStack(listing);
  CHECK(stack.refusal->code == ErrorCode::SingleSlice);
  CHECK(loadVolume(listing.studies[0].series[0], 0, {}).error().code == ErrorCode::SingleSlice);
  CHECK(chooseSeries(listing).error().code == ErrorCode::SingleSlice);
  CHECK(chooseSeries(listing, {}, {.singleSlice = true}));
  const auto loaded = loadVolume(listing.studies[0].series[0], 0, {}, {true, {}});
  REQUIRE(loaded);
  CHECK(loaded->volume->value({5, 4, 0}) == 77);
}

TEST_CASE("slices with rescales of their own become one scale of float values") {
  SeriesFolder folder;
  for (int k = 0; k < 4; ++k) {
    const Grid grid = axialGrid({3, 2, 1}, {0, 0, 2.0 * k});
    auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {1.0 + k, -10.0 * k});
    for (auto& v : builder->voxels<std::int16_t>())
      v = 100;
    folder.add(*std::move(*builder).freeze());
  }
  const VolumePtr volume = loadOnly(folder.open());
  CHECK(volume->voxelType() == VoxelType::Float32);
  CHECK(volume->rescale() == Rescale{});
  for (int k = 0; k < 4; ++k)
    CHECK(volume->value({1, 1, k}) == 100 * (1 + k) - 10 * k);
}

TEST_CASE("bad files beside a usable series are listed as refused and do not stop it") {
  SeriesFolder folder;
  folder.add(*rampVolume(axialGrid({6, 5, 4})));
  std::ofstream(folder.path() / "report.dcm") << "Dear colleague, thank you for sending this patient.";
  std::ofstream(folder.path() / "empty.dcm");
  const StudyListing listing = folder.open();
  CHECK(onlyStack(listing).grid->size().k == 4);
  REQUIRE(listing.refused.size() == 2);
  CHECK(listing.refused[0].error.code == ErrorCode::FileEmpty);
  CHECK(listing.refused[1].error.code == ErrorCode::NotAnImage);
  CHECK(findWarning(listing.warnings, WarningCode::FilesRefused)->arguments[0] == "2");
}

TEST_CASE("loading shows the middle slice first and stops when asked") {
  SeriesFolder folder;
  folder.add(*rampVolume(axialGrid({6, 5, 9})));
  const StudyListing listing = folder.open();
  LoadOptions options;
  int calls = 0;
  options.onMiddleSlice = [&](const VolumeBuilder& builder) {
    ++calls;
    CHECK(builder.isReady(4));
    CHECK_FALSE(builder.isReady(0));
    CHECK(builder.preview()->value({1, 1, 4}) == 400);
  };
  REQUIRE(loadVolume(listing.studies[0].series[0], 0, {}, options));
  CHECK(calls == 1);
  std::stop_source stop;
  options.onMiddleSlice = [&](const VolumeBuilder&) { stop.request_stop(); };
  const auto cancelled = loadVolume(listing.studies[0].series[0], 0, {stop.get_token(), {}}, options);
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code == ErrorCode::Cancelled);
}

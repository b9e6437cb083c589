#include "tests/core/dicom/series_builder.h"

using namespace spondyl;
using namespace spondyl::test;

namespace {

Grid randomGrid(std::mt19937& random, bool leftHanded, bool sheared) {
  std::uniform_real_distribution<double> spacing(0.3, 4), place(-400, 400), shear(-0.4, 0.4);
  const Rotation turn = randomRotation(random);
  const double across = spacing(random) * (leftHanded ? -1 : 1);
  const VectorLps stepK =
      turn.z * across + (sheared ? turn.x * shear(random) + turn.y * shear(random) : VectorLps{});
  return Grid::create({7, 5, 6}, {place(random), place(random), place(random)}, turn.x * spacing(random),
                      turn.y * spacing(random), stepK)
      .value();
}

// Every voxel is found again at its place in the patient with its value.
void requireSameInSpace(const Volume& a, const Volume& b) {
  REQUIRE(a.size().count() == b.size().count());
  double worst = 0;
  for (int k = 0; k < a.size().k; ++k)
    for (int j = 0; j < a.size().j; ++j)
      for (int i = 0; i < a.size().i; ++i) {
        const PointLps p = a.grid().toLps(IndexIjk{i, j, k});
        const IndexIjk there = nearestIndex(b.grid().toIjk(p));
        REQUIRE(b.grid().contains(there));
        worst = std::max(worst, distance(p, b.grid().toLps(there)));
        REQUIRE(a.value({i, j, k}) == Approx(b.value(there)));
      }
  CHECK(worst < 1e-6);
}

} // namespace

TEST_CASE("a series written from any grid, oblique, sheared or left-handed, is read at the same place with "
          "the same values") {
  std::mt19937 random(20240506);
  for (int round = 0; round < 24; ++round) {
    INFO("round " << round);
    const Grid grid = randomGrid(random, round % 2 == 1, round % 3 == 2);
    const VolumePtr volume = randomVolume(grid, static_cast<unsigned>(round), {1, -1024});
    SeriesFolder folder;
    folder.add(*volume);
    const StudyListing listing = folder.open();
    REQUIRE(listing.studies.size() == 1);
    REQUIRE(listing.studies[0].series.size() == 1);
    const auto loaded = loadVolume(listing.studies[0].series[0], 0, {});
    REQUIRE(loaded);
    requireSameInSpace(*volume, *loaded->volume);
    CHECK(loaded->volume->grid().isSheared() == grid.isSheared());
    CHECK(loaded->volume->rescale() == Rescale{1, -1024});
    CHECK(loaded->volume->meaning() == VolumeMeaning::CtHounsfield);
  }
}

TEST_CASE("identity, windows and text in any script survive writing and reading") {
  SeriesFolder folder;
  Study study = madeStudy("P-77", "Yamada^Tarou=山田^太郎=やまだ^たろう");
  study.description = "Wirbelsäule β";
  folder.add(*rampVolume(axialGrid({4, 3, 3})), study);
  const StudyListing listing = folder.open();
  const Study& read = listing.studies[0];
  CHECK(read.patient == study.patient);
  CHECK(read.uid == "1.2.3");
  CHECK(read.date == "2024-05-06");
  CHECK(read.time == "07:08:09");
  CHECK(read.description == study.description);
  const Series& series = read.series[0];
  CHECK(series.uid == "1.2.3.4");
  CHECK(series.number == 7);
  CHECK(series.modality == "CT");
  CHECK(series.patientPosition == "HFS");
  CHECK(series.frameOfReferenceUid == "1.2.3.5");
  REQUIRE(series.windows.size() == 1);
  CHECK(series.windows[0] == WindowPreset{"", 40, 400});
  CHECK_FALSE(series.lossy);
  CHECK(series.sliceCount == 3);
  REQUIRE(series.stacks[0].slices.size() == 3);
  CHECK(series.stacks[0].slices[1].sopClassUid == "1.2.840.10008.5.1.4.1.1.2");
  CHECK(series.stacks[0].slices[1].instanceNumber == 2);
}

TEST_CASE("values beyond 16 bits are rounded with a warning, whole floats are exact") {
  const Grid grid = axialGrid({5, 4, 3});
  const auto write = [&](double scale) {
    auto builder = VolumeBuilder::create(grid, VoxelType::Float32);
    float value = -30;
    for (float& v : builder->voxels<float>())
      v = static_cast<float>(scale) * (value += 1);
    const VolumePtr volume = std::move(*builder).freeze();
    TemporaryFolder folder;
    const auto written = dicom::writeDicomSeries(*volume, madeStudy(), madeSeries(), folder / "out");
    REQUIRE(written);
    const auto listing = openStudies(folder / "out", {});
    REQUIRE(listing);
    const auto loaded = loadVolume(listing->studies[0].series[0], 0, {});
    REQUIRE(loaded);
    double worst = 0;
    for (int i = 0; i < 5; ++i)
      worst = std::max(worst, std::abs(volume->value({i, 2, 1}) - loaded->volume->value({i, 2, 1})));
    return std::pair{worst, findWarning(written->warnings, WarningCode::ValuesRounded) != nullptr};
  };
  CHECK(write(1.0) == std::pair{0.0, false});
  const auto [worst, warned] = write(0.3);
  CHECK(warned);
  CHECK(worst < 18.0 / 65535);
}

TEST_CASE("a folder that holds something is not written over") {
  TemporaryFolder folder;
  const VolumePtr volume = rampVolume(axialGrid({4, 3, 2}));
  REQUIRE(dicom::writeDicomSeries(*volume, madeStudy(), madeSeries(), folder / "out"));
  const auto again = dicom::writeDicomSeries(*volume, madeStudy(), madeSeries(), folder / "out");
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::ResultExists);
}

TEST_CASE("a cancelled write leaves nothing behind") {
  TemporaryFolder folder;
  std::stop_source stop;
  stop.request_stop();
  const auto written = dicom::writeDicomSeries(*rampVolume(axialGrid({4, 3, 2})), madeStudy(), madeSeries(),
                                               folder / "out", {stop.get_token(), {}});
  REQUIRE_FALSE(written);
  CHECK(written.error().code == ErrorCode::Cancelled);
  CHECK(std::filesystem::is_empty(folder.path()));
}

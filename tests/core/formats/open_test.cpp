#include "core/formats/open.h"
#include "core/formats/unpack_zip.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_data.h"

#include <catch2/catch.hpp>
#include <zip.h>

using namespace spondyl;
using namespace spondyl::test;

namespace {

Path makeZip(const Path& path, const std::vector<std::pair<std::string, std::string>>& entries) {
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  REQUIRE(archive);
  for (const auto& [name, bytes] : entries)
    REQUIRE(zip_file_add(archive, name.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0),
                         0) >= 0);
  REQUIRE(zip_close(archive) == 0);
  return path;
}

} // namespace

TEST_CASE("a zip opens like the folder that was packed, and its unpacked files go when nobody needs them") {
  SPONDYL_NEED_DATA(data);
  TemporaryFolder folder;
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& entry : std::filesystem::directory_iterator(data / "dicom_loader/series_mr_sag_HFS"))
    entries.emplace_back("../../" + entry.path().filename().string(), readFile(entry.path()).value());
  const Path zip = makeZip(folder / "study.zip", entries);
  Path unpacked;
  {
    const auto listing = openStudies(zip, {});
    REQUIRE(listing);
    const Series series = listing->studies[0].series[0];
    unpacked = series.stacks[0].slices[0].file.parent_path();
    CHECK(std::filesystem::exists(unpacked));
    CHECK((std::filesystem::status(unpacked).permissions() & std::filesystem::perms::others_all) ==
          std::filesystem::perms::none);
    const auto fromFolder = openStudies(data / "dicom_loader/series_mr_sag_HFS", {});
    REQUIRE(fromFolder);
    CHECK(series.stacks[0].grid == fromFolder->studies[0].series[0].stacks[0].grid);
    CHECK(loadVolume(series, 0, {}));
  }
  CHECK_FALSE(std::filesystem::exists(unpacked));
  CHECK_FALSE(std::filesystem::exists(folder.path().parent_path() / entries[0].first.substr(6)));
}

TEST_CASE("a zip that inflates to a hundred times its size is refused, unless that still is little") {
  TemporaryFolder folder;
  const std::string zeros(std::size_t(8) << 20, '\0');
  const Path zip = makeZip(folder / "bomb.zip", {{"a", zeros}, {"b", zeros}});
  CHECK(unpackZip(zip, {}, {.alwaysAllowed = std::uint64_t(4) << 20}).error().code ==
        ErrorCode::InflatesTooLarge);
  CHECK(unpackZip(zip, {}));
  CHECK(unpackZip(zip, {}, {.entries = 1}).error().code == ErrorCode::Malformed);
}

TEST_CASE("a damaged zip and one of nothing usable are refused in words") {
  TemporaryFolder folder;
  REQUIRE(writeFileWhole(folder / "a.zip", "PK\x03\x04 not really"));
  CHECK(openStudies(folder / "a.zip", {}).error().code == ErrorCode::Malformed);
  CHECK(openStudies(
            makeZip(folder / "b.zip", {{"readme.txt", "hello there, no images"}, {"c.txt", "none here"}}), {})
            .error()
            .code == ErrorCode::NoImages);
}

TEST_CASE("a DICOMDIR opens the folder that it lies in") {
  SPONDYL_NEED_DATA(data);
  const auto listing = openStudies(data / "dicom_loader/dicomdir/DICOMDIR", {});
  REQUIRE(listing);
  std::size_t series = 0;
  for (const Study& study : listing->studies)
    series += study.series.size();
  CHECK(listing->studies.size() == 6);
  CHECK(series == 13);
}

TEST_CASE("the real CT has its step from the positions, not from the slice thickness, and is chosen without "
          "being asked for") {
  SPONDYL_NEED_DATA(data);
  const auto listing = openStudies(data / "ct_dicom_series/siemens_petct_body_3mm", {});
  REQUIRE(listing);
  CHECK(listing->refused.empty());
  const auto choice = chooseSeries(*listing);
  REQUIRE(choice);
  const Stack& stack = listing->studies[0].series[0].stacks[0];
  CHECK(stack.grid->size() == GridSize{512, 512, 20});
  CHECK(stack.grid->spacing()[2] == Approx(2));
  REQUIRE(stack.warnings.size() == 1);
  CHECK(stack.warnings[0] == Warning{WarningCode::SpacingNotThickness, {"2", "3"}});
  CHECK(listing->studies[0].name == "siemens_petct_body_3mm");
}

TEST_CASE("a radiograph as DICOM is listed and refused as a volume") {
  SPONDYL_NEED_DATA(data);
  const auto radiograph = openStudies(data / "dicom_loader/pixel_formats/dx_image.dcm", {});
  REQUIRE(radiograph);
  CHECK(radiograph->studies[0].series[0].stacks[0].radiograph);
  CHECK(chooseSeries(*radiograph).error().code == ErrorCode::ProjectionImage);
}

TEST_CASE("one file means that file alone") {
  SPONDYL_NEED_DATA(data);
  const Path folder = data / "dicom_loader/series_ge_ct_gantry_tilt";
  const auto listing = openStudies(folder / "11.dcm", {});
  REQUIRE(listing);
  CHECK(listing->studies[0].series[0].sliceCount == 1);
  CHECK(chooseSeries(*listing).error().code == ErrorCode::SingleSlice);
}

TEST_CASE("the whole collection of odd files opens without a crash, and every stack loads or says why not") {
  SPONDYL_NEED_DATA(data);
  const auto listing = openStudies(data / "dicom_loader", {});
  REQUIRE(listing);
  int loaded = 0;
  for (const Study& study : listing->studies)
    for (const Series& series : study.series)
      for (std::size_t s = 0; s < series.stacks.size(); ++s) {
        const auto volume = loadVolume(series, s, {}, {true, {}});
        if (volume)
          ++loaded;
        else
          CHECK(series.stacks[s].refusal);
      }
  CHECK(loaded > 30);
}

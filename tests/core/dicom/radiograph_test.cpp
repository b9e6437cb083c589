// Radiographs: what their lengths mean, which side is which, and how they are to be shown.
#include "tests/core/dicom/dicom_tree.h"
#include "tests/core/dicom/series_builder.h"

#include <algorithm>

using namespace spondyl;
using namespace spondyl::test;

namespace {

const char* const cr = "1.2.840.10008.5.1.4.1.1.1";

// A picture of 4 rows and 6 columns whose values are 10 x row + column.
std::string pictureOf(Nodes more, const std::string& sopClass = cr, const std::string& modality = "CR",
                      const std::string& photometric = "MONOCHROME2", int instance = 1) {
  std::string bytes;
  for (unsigned row = 0; row < 4; ++row)
    for (unsigned column = 0; column < 6; ++column)
      bytes += le16(10 * row + column);
  Nodes nodes{{0x00080016, "UI", sopClass},  {0x00080018, "UI", "1.2.3.9." + std::to_string(instance)},
              {0x00080060, "CS", modality},  {0x0020000D, "UI", "1.2.3"},
              {0x0020000E, "UI", "1.2.3.4"}, {0x00200013, "IS", std::to_string(instance)},
              {0x00280002, "US", le16(1)},   {0x00280004, "CS", photometric},
              {0x00280010, "US", le16(4)},   {0x00280011, "US", le16(6)},
              {0x00280100, "US", le16(16)},  {0x00280101, "US", le16(12)},
              {0x00280102, "US", le16(11)},  {0x00280103, "US", le16(0)},
              {0x7FE00010, "OW", bytes}};
  nodes.insert(nodes.end(), more.begin(), more.end());
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.tag < b.tag; });
  return fileMeta("1.2.840.10008.1.2.1", sopClass) + encode(nodes, {});
}

Stack stackOf(const std::string& file) {
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "picture.dcm", file), {});
  if (!listing)
    FAIL(errorCodeName(listing.error().code) << " " << listing.error().arguments.back());
  REQUIRE(listing->studies[0].series[0].stacks.size() == 1);
  return listing->studies[0].series[0].stacks[0];
}

Radiograph readOf(Nodes more) {
  const Stack stack = stackOf(pictureOf(std::move(more)));
  REQUIRE(stack.radiograph);
  return *stack.radiograph;
}

const Node pixelSpacing{0x00280030, "DS", "0.1\\0.2"}, imagerSpacing{0x00181164, "DS", "0.15\\0.3"},
    sameImagerSpacing{0x00181164, "DS", "0.1\\0.2"}, magnification{0x00181114, "DS", "1.5"},
    calibrationType{0x00280A02, "CS", "FIDUCIAL"};

using Spacing = std::array<double, 2>;

} // namespace

TEST_CASE("what a radiograph's lengths mean follows from what its file states, and without a spacing there "
          "are none") {
  const auto check = [](Nodes nodes, Calibration calibration, std::optional<Spacing> spacing) {
    const Radiograph r = readOf(std::move(nodes));
    CHECK(std::string(calibrationName(r.calibration)) == calibrationName(calibration));
    REQUIRE(r.spacingMm.has_value() == spacing.has_value());
    for (std::size_t k = 0; spacing && k < 2; ++k)
      CHECK((*r.spacingMm)[k] == Approx((*spacing)[k]));
  };
  check({}, Calibration::None, std::nullopt);
  check({magnification}, Calibration::None, std::nullopt);
  check({imagerSpacing}, Calibration::Detector, Spacing{0.15, 0.3});
  check({imagerSpacing, magnification}, Calibration::Magnified, Spacing{0.1, 0.2});
  check({pixelSpacing}, Calibration::Stated, Spacing{0.1, 0.2});
  check({pixelSpacing, magnification}, Calibration::Stated, Spacing{0.1, 0.2});
  check({pixelSpacing, sameImagerSpacing}, Calibration::Detector, Spacing{0.1, 0.2});
  check({pixelSpacing, sameImagerSpacing, {0x00181114, "DS", "1.25"}}, Calibration::Magnified,
        Spacing{0.08, 0.16});
  check({pixelSpacing, imagerSpacing}, Calibration::Calibrated, Spacing{0.1, 0.2});
  check({pixelSpacing, calibrationType}, Calibration::Calibrated, Spacing{0.1, 0.2});
  check({pixelSpacing, sameImagerSpacing, calibrationType}, Calibration::Calibrated, Spacing{0.1, 0.2});
  check({imagerSpacing, {0x00181110, "DS", "1200"}, {0x00181111, "DS", "1000"}}, Calibration::Magnified,
        Spacing{0.125, 0.25});
  check({{0x00280030, "DS", "0\\0"}}, Calibration::None, std::nullopt);
  check({imagerSpacing, {0x00181114, "DS", "0"}}, Calibration::Detector, Spacing{0.15, 0.3});
}

TEST_CASE(
    "each state of calibration has its warning, and the grid has millimetres only where there are any") {
  const auto codes = [](const Stack& stack) {
    std::vector<std::string> out;
    for (const Warning& w : stack.warnings)
      out.emplace_back(warningCodeName(w.code));
    return out;
  };
  const Node sides{0x00200020, "CS", "L\\F"};
  const Stack none = stackOf(pictureOf({{0x00280034, "IS", "3\\2"}}));
  CHECK(codes(none) == std::vector<std::string>{"RadiographUncalibrated", "OrientationUnknown"});
  REQUIRE(none.grid);
  CHECK(none.grid->stepI() == VectorLps{1, 0, 0});
  CHECK(none.grid->stepJ() == VectorLps{0, 1.5, 0}); // the stated aspect, no size
  CHECK(codes(stackOf(pictureOf({imagerSpacing, sides}))) ==
        std::vector<std::string>{"RadiographAtDetector"});
  const Stack magnified = stackOf(pictureOf({imagerSpacing, magnification, sides}));
  CHECK(codes(magnified) == std::vector<std::string>{"RadiographMagnified"});
  CHECK(magnified.warnings[0].arguments == std::vector<std::string>{"1.5"});
  CHECK(codes(stackOf(pictureOf({pixelSpacing, sides}))) ==
        std::vector<std::string>{"RadiographSpacingUnsure"});
  const Stack calibrated = stackOf(pictureOf({pixelSpacing, calibrationType, sides}));
  CHECK(codes(calibrated).empty());
  CHECK(calibrated.radiograph->calibrationMethod == "FIDUCIAL");
  CHECK(calibrated.grid->spacing()[0] == Approx(0.2));
  CHECK(calibrated.grid->spacing()[1] == Approx(0.1));
}

TEST_CASE("the sides of a radiograph are those that the file states, else unknown") {
  const Stack front = stackOf(pictureOf({{0x00200020, "CS", "L\\F"}}));
  CHECK(front.radiograph->isOriented);
  CHECK(normalized(front.grid->stepI()) == VectorLps{1, 0, 0});
  CHECK(normalized(front.grid->stepJ()) == VectorLps{0, 0, -1});
  const Stack lateral = stackOf(pictureOf({{0x00200020, "CS", "P\\FL"}}));
  CHECK(lateral.radiograph->isOriented);
  CHECK(normalized(lateral.grid->stepI()) == VectorLps{0, 1, 0});
  CHECK(lateral.grid->stepJ().z < 0);
  for (const char* unclear : {"", "L", "L\\R", "L\\LF", "X\\F", "\\F"}) {
    INFO(unclear);
    const Stack unknown = stackOf(pictureOf({{0x00200020, "CS", unclear}}));
    CHECK_FALSE(unknown.radiograph->isOriented);
    CHECK(findWarning(unknown.warnings, WarningCode::OrientationUnknown));
  }
}

TEST_CASE("a radiograph is no volume unless the caller says that it knows radiographs") {
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "picture.dcm", pictureOf({imagerSpacing})), {});
  REQUIRE(listing);
  const Series& series = listing->studies[0].series[0];
  CHECK(series.modality == "CR");
  CHECK(loadVolume(series, 0, {}).error().code == ErrorCode::ProjectionImage);
  CHECK(loadVolume(series, 0, {}, {true, {}}).error().code == ErrorCode::ProjectionImage);
  CHECK(chooseSeries(listing.value()).error().code == ErrorCode::ProjectionImage);
  CHECK(chooseSeries(listing.value(), {}, {.singleSlice = true}).error().code == ErrorCode::ProjectionImage);
  CHECK(chooseSeries(listing.value(), {}, {.radiograph = true}));
  LoadOptions options;
  options.acceptRadiograph = true;
  const auto loaded = loadVolume(series, 0, {}, options);
  REQUIRE(loaded);
  CHECK(loaded->volume->size() == GridSize{6, 4, 1});
  CHECK(loaded->volume->value({5, 3, 0}) == 35);
  CHECK(loaded->volume->meaning() == VolumeMeaning::Unknown);
}

TEST_CASE(
    "inverse pictures and their VOI look-up table are told to who shows them, values stay as they are") {
  CHECK_FALSE(stackOf(pictureOf({})).radiograph->lowIsBright);
  CHECK(stackOf(pictureOf({}, cr, "CR", "MONOCHROME1")).radiograph->lowIsBright);
  CHECK(stackOf(pictureOf({{0x20500020, "CS", "INVERSE"}})).radiograph->lowIsBright);
  const Node lut{
      0x00283010,
      "SQ",
      "",
      {{{0x00283002, "US", le16(3) + le16(10) + le16(8)}, {0x00283006, "OW", le16(5) + le16(70) + le16(255)}},
       {{0x00283002, "US", le16(1) + le16(0) + le16(8)}, {0x00283006, "OW", le16(9)}}}};
  const Stack stack = stackOf(pictureOf({lut}));
  REQUIRE(stack.radiograph->voiLut);
  CHECK(stack.radiograph->voiLut->first == 10);
  CHECK(stack.radiograph->voiLut->bits == 8);
  CHECK(stack.radiograph->voiLut->table == std::vector<std::uint16_t>{5, 70, 255});
}

TEST_CASE("flexion and extension in one series are two pictures, never a stack") {
  TemporaryFolder folder;
  for (int n = 1; n <= 2; ++n)
    writeBytes(
        folder / (std::to_string(n) + ".dcm"),
        pictureOf({imagerSpacing, {0x00185101, "CS", n == 1 ? "LL" : "AP"}}, cr, "DX", "MONOCHROME2", n));
  const auto listing = openStudies(folder.path(), {});
  REQUIRE(listing);
  const auto& stacks = listing->studies[0].series[0].stacks;
  REQUIRE(stacks.size() == 2);
  CHECK(stacks[0].tellsApart == "LL");
  CHECK(stacks[1].tellsApart == "AP");
  for (const Stack& stack : stacks)
    CHECK(stack.refusal->code == ErrorCode::ProjectionImage);
}

TEST_CASE(
    "DX, RF, XA and scanned films are radiographs, other captures and processing data are refused by name") {
  for (const auto& [sopClass, modality] :
       {std::pair{"1.2.840.10008.5.1.4.1.1.1.1", "DX"}, std::pair{"1.2.840.10008.5.1.4.1.1.12.2", "RF"},
        std::pair{"1.2.840.10008.5.1.4.1.1.12.1", "XA"}, std::pair{"1.2.840.10008.5.1.4.1.1.7", "CR"}}) {
    INFO(sopClass);
    CHECK(stackOf(pictureOf({}, sopClass, modality)).radiograph);
  }
  const auto refusal = [](const std::string& file) {
    TemporaryFolder folder;
    const auto listing = openStudies(writeBytes(folder / "picture.dcm", file), {});
    REQUIRE_FALSE(listing);
    CHECK(listing.error().code == ErrorCode::UnsupportedObject);
    return listing.error().arguments.at(1);
  };
  CHECK(refusal(pictureOf({}, "1.2.840.10008.5.1.4.1.1.7", "OT")) == "Secondary Capture Image Storage");
  CHECK(refusal(pictureOf({}, "1.2.840.10008.5.1.4.1.1.1.1.1", "DX")) ==
        "Digital X Ray Image Storage For Processing");
  CHECK(refusal(pictureOf({{0x00280008, "IS", "9"}}, "1.2.840.10008.5.1.4.1.1.12.1", "XA")) ==
        "multi-frame X Ray Angiographic Image Storage");
}

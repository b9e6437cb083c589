// From stored words to values: bits, signs, padding, Modality LUT, byte order.
#include "core/dicom/slice_values.h"
#include "core/formats/open.h"
#include "tests/core/dicom/dicom_bytes.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::test;

namespace {

VolumePtr volumeOf(const std::string& bytes) {
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "image.dcm", bytes), {});
  REQUIRE(listing);
  auto loaded = loadVolume(listing->studies[0].series[0], 0, {}, {true, {}});
  REQUIRE(loaded);
  return loaded->volume;
}

std::string words(std::initializer_list<unsigned> values) {
  std::string out;
  for (const unsigned v : values)
    out += le16(v);
  return out;
}

} // namespace

TEST_CASE("signed twelve-bit words are extended from High Bit, whatever stands above it") {
  const VolumePtr volume = volumeOf(fileMeta() + ctAttributes(2, 2, {}, 12, 1) +
                                    pixelData(words({0x0FFF, 0x0800, 0x07FF, 0xF001})));
  CHECK(volume->voxelType() == VoxelType::Int16);
  CHECK(volume->stored({0, 0, 0}) == -1);
  CHECK(volume->stored({1, 0, 0}) == -2048);
  CHECK(volume->stored({0, 1, 0}) == 2047);
  CHECK(volume->stored({1, 1, 0}) == 1);
}

TEST_CASE("unsigned sixteen-bit words keep their upper half") {
  const VolumePtr volume =
      volumeOf(fileMeta() + ctAttributes(1, 2, {}, 16, 0) + pixelData(words({0xFFFF, 3})));
  CHECK(volume->voxelType() == VoxelType::UInt16);
  CHECK(volume->stored({0, 0, 0}) == 65535);
}

TEST_CASE("eight-bit and thirty-two-bit pixels are read") {
  const VolumePtr small =
      volumeOf(fileMeta() + ctAttributes(1, 4, {}, 8, 0, 8) + pixelData(std::string("\x00\x7F\x80\xFF", 4)));
  CHECK(small->stored({3, 0, 0}) == 255);
  const VolumePtr wide = volumeOf(fileMeta() + ctAttributes(1, 2, {}, 32, 1, 32) +
                                  pixelData(le32(0x80000000) + le32(123456789)));
  CHECK(wide->voxelType() == VoxelType::Float64);
  CHECK(wide->stored({0, 0, 0}) == -2147483648.0);
  CHECK(wide->stored({1, 0, 0}) == 123456789.0);
}

TEST_CASE("the padding value is kept with the sign of the pixels") {
  const std::string padded = ctAttributes(1, 2) + element(0x00280120, "SS", le16(0xF830)) +
                             element(0x00281052, "DS", "-1024") + element(0x00281053, "DS", "1");
  const VolumePtr volume = volumeOf(fileMeta() + padded + pixelData(words({0xF830, 1024})));
  REQUIRE(volume->padding());
  CHECK(*volume->padding() == -2000);
  CHECK(volume->value({1, 0, 0}) == 0);
}

TEST_CASE("a Modality LUT is applied and clamps at its ends") {
  const std::string lut = item(0xFFFFFFFF) + element(0x00283002, "US", words({3, 10, 16})) +
                          element(0x00283006, "US", words({100, 200, 50000})) + tagBytes(0xFFFEE00D) +
                          le32(0);
  const std::string withLut = ctAttributes(1, 4, {}, 12, 0) + longElement(0x00283000, "SQ", 0xFFFFFFFF, lut) +
                              tagBytes(0xFFFEE0DD) + le32(0);
  const VolumePtr volume = volumeOf(fileMeta() + withLut + pixelData(words({0, 10, 11, 99})));
  CHECK(volume->value({0, 0, 0}) == 100);
  CHECK(volume->value({1, 0, 0}) == 100);
  CHECK(volume->value({2, 0, 0}) == 200);
  CHECK(volume->value({3, 0, 0}) == 50000);
}

TEST_CASE("a decimal comma in positions and spacings is understood") {
  std::string attributes = ctAttributes(1, 2);
  const std::string point = element(0x00280030, "DS", "1\\1");
  attributes.replace(attributes.find(point), point.size(), element(0x00280030, "DS", "0,5\\0,25"));
  const VolumePtr volume = volumeOf(fileMeta() + attributes + pixelData(words({1, 2})));
  CHECK(volume->grid().spacing()[0] == Approx(0.25));
  CHECK(volume->grid().spacing()[1] == Approx(0.5));
}

TEST_CASE("an image without a position is listed and refused for want of geometry") {
  TemporaryFolder folder;
  std::string attributes = ctAttributes(1, 2);
  const std::string position = element(0x00200032, "DS", "0\\0\\0");
  attributes.erase(attributes.find(position), position.size());
  const auto listing =
      openStudies(writeBytes(folder / "image.dcm", fileMeta() + attributes + pixelData(words({1, 2}))), {});
  REQUIRE(listing);
  REQUIRE(listing->studies[0].series[0].stacks[0].refusal);
  CHECK(listing->studies[0].series[0].stacks[0].refusal->code == ErrorCode::NoGeometry);
}

TEST_CASE("a JPEG of eight by eight pixels fills no larger image") {
  const std::string tables =
      "ffdb004300100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738"
      "506d51575f626768673e4d71797064785c656763";
  const std::string codes =
      "ffc40014000100000000000000000000000000000005ffc40014100100000000000000000000000000000000";
  const std::string hex =
      "ffd8" + tables + "ffc0000b080008000801011100" + codes + "ffda0008010100003f0015ffd9";
  std::string jpeg; // all pixels 76
  for (std::size_t at = 0; at < hex.size(); at += 2)
    jpeg += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  jpeg.resize((jpeg.size() + 1) / 2 * 2, '\0');
  const auto load = [&](unsigned side) {
    TemporaryFolder folder;
    const std::string fragments = item(0) + item(static_cast<std::uint32_t>(jpeg.size()), jpeg);
    const auto listing = openStudies(
        writeBytes(folder / "image.dcm",
                   fileMeta("1.2.840.10008.1.2.4.50") + ctAttributes(side, side, {}, 8, 0, 8) +
                       longElement(0x7FE00010, "OB", 0xFFFFFFFF, fragments + tagBytes(0xFFFEE0DD) + le32(0))),
        {});
    REQUIRE(listing);
    return loadVolume(listing->studies[0].series[0], 0, {}, {true, {}});
  };
  const auto right = load(8);
  REQUIRE(right);
  CHECK(right->volume->stored({7, 7, 0}) == 76);
  const auto wrong = load(16);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::DecodeFailed);
}

TEST_CASE("a CT map in another unit is refused by its unit, plain and unspecified values are read") {
  const auto listingOf = [](const std::string& unit) {
    TemporaryFolder folder;
    const std::string type = unit.empty() ? std::string() : element(0x00281054, "LO", unit);
    return openStudies(writeBytes(folder / "image.dcm",
                                  fileMeta() + ctAttributes(1, 2) + element(0x00281052, "DS", "-1024") +
                                      element(0x00281053, "DS", "1") + type + pixelData(words({1, 2}))),
                       {});
  };
  for (const char* unit : {"", "HU", "US", "HU_MOD"}) {
    INFO(unit);
    const auto listing = listingOf(unit);
    REQUIRE(listing);
    CHECK(listing->refused.empty());
  }
  for (const char* unit : {"Z_EFF", "MGML", "EDW"}) {
    INFO(unit);
    const auto listing = listingOf(unit);
    const Error error = listing ? listing->refused.at(0).error : listing.error();
    CHECK(error.code == ErrorCode::UnsupportedPixels);
    REQUIRE(error.arguments.size() == 2);
    CHECK(error.arguments[1] == "its values are \"" + std::string(unit) + "\", not Hounsfield units");
  }
}

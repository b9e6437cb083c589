// Files that lie, end early or nest without end: one clear error each, with little memory and time.
#include "core/dicom/decode.h"
#include "core/dicom/seg.h"
#include "core/dicom/slice_values.h"
#include "core/formats/open.h"
#include "tests/core/dicom/multiframe_builder.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_data.h"

#include <ctime>
#include <random>
#include <sys/resource.h>
#include <zlib.h>

using namespace spondyl;
using namespace spondyl::test;

namespace {

long peakMiB() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// Opens a file of these bytes as the only input.
Error refusalOf(const std::string& bytes) {
  TemporaryFolder folder;
  const auto path = writeBytes(folder / "image.dcm", bytes);
  const std::clock_t start = std::clock(); // of this process: the machine may be busy
  const long before = peakMiB();
  const auto listing = openStudies(path, {});
  CHECK(std::clock() - start < 5 * CLOCKS_PER_SEC);
  CHECK(peakMiB() - before < 400);
  REQUIRE_FALSE(listing);
  REQUIRE_FALSE(listing.error().arguments.empty());
  CHECK(listing.error().arguments[0] == path.string());
  return listing.error();
}

std::string deflated(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

const std::string sixteenPixels(32, '\x01');

} // namespace

TEST_CASE("the files that these tests build are read when nothing is wrong with them") {
  TemporaryFolder folder;
  const auto path = writeBytes(folder / "image.dcm", fileMeta() + ctAttributes() + pixelData(sixteenPixels));
  const auto listing = openStudies(path, {});
  REQUIRE(listing);
  const auto loaded = loadVolume(listing->studies[0].series[0], 0, {}, {true, {}});
  REQUIRE(loaded);
  CHECK(loaded->volume->value({3, 3, 0}) == 0x0101);
}

TEST_CASE("a text named .dcm is no image") {
  CHECK(refusalOf("The patient was seen on Monday and sent home on Tuesday.\n").code ==
        ErrorCode::NotAnImage);
  CHECK(refusalOf("x").code == ErrorCode::NotAnImage);
}

TEST_CASE("an empty file, an empty folder and a missing file are told apart") {
  TemporaryFolder folder;
  CHECK(openStudies(folder.path(), {}).error().code == ErrorCode::FolderEmpty);
  CHECK(openStudies(folder / "nothing.dcm", {}).error().code == ErrorCode::FileNotFound);
  CHECK(refusalOf("").code == ErrorCode::FileEmpty);
}

TEST_CASE("truncated pixels are named with what is there and what should be") {
  const std::string head = fileMeta() + ctAttributes();
  const Error cut = refusalOf(head + longElement(0x7FE00010, "OW", 32, "only ten b"));
  CHECK(cut.code == ErrorCode::Truncated);
  const Error few = refusalOf(head + pixelData("12345678"));
  CHECK(few.code == ErrorCode::Truncated);
  CHECK(few.arguments[1] == "32");
  CHECK(few.arguments[2] == "8");
  CHECK(refusalOf(head).code == ErrorCode::Truncated);
  CHECK(refusalOf(fileMeta()).code == ErrorCode::Truncated);
  CHECK(refusalOf(fileMeta() + ctAttributes().substr(0, 101)).code == ErrorCode::Truncated);
}

TEST_CASE("a header that promises 2 GB does not get them") {
  const std::string head = fileMeta();
  CHECK(refusalOf(head + longElement(0x00081140, "OB", 0x7FFFFFFE, "x") + ctAttributes()).code ==
        ErrorCode::DeclaredTooLarge);
  CHECK(refusalOf(head + ctAttributes(4, 4, longElement(0x00189999, "SQ", 0x7FFFFFFE))).code ==
        ErrorCode::DeclaredTooLarge);
  CHECK(
      refusalOf(head + ctAttributes(32768, 32767) + longElement(0x7FE00010, "OW", 0x7FFF0000, "few")).code ==
      ErrorCode::Truncated);
  CHECK(refusalOf(head + ctAttributes(65535, 65535) + pixelData("few.")).code == ErrorCode::Truncated);
}

TEST_CASE("compressed pixels of a size that no image has are refused before anything is allocated") {
  const std::string fragments =
      longElement(0x7FE00010, "OB", 0xFFFFFFFF) + item(0) + item(4, "abcd") + tagBytes(0xFFFEE0DD) + le32(0);
  CHECK(refusalOf(fileMeta("1.2.840.10008.1.2.4.90") + ctAttributes(65535, 65535) + fragments).code ==
        ErrorCode::DeclaredTooLarge);
}

TEST_CASE("twenty thousand nested sequences are too deep, whether their lengths are stated or not") {
  std::string open;
  for (int n = 0; n < 20000; ++n)
    open += longElement(0x00081140, "SQ", 0xFFFFFFFF) + item(0xFFFFFFFF);
  const Error undefined = refusalOf(fileMeta() + open);
  CHECK(undefined.code == ErrorCode::NestedTooDeep);
  CHECK(undefined.arguments[1] == "64");
  std::string nested = us(0x00280010, 1);
  for (int n = 0; n < 2000; ++n) {
    nested = item(static_cast<std::uint32_t>(nested.size())) + nested;
    nested = longElement(0x00081140, "SQ", static_cast<std::uint32_t>(nested.size())) + nested;
  }
  CHECK(refusalOf(fileMeta() + nested + ctAttributes() + pixelData(sixteenPixels)).code ==
        ErrorCode::NestedTooDeep);
  std::string unknown = longElement(0x00091010, "UN", 0xFFFFFFFF) + item(0xFFFFFFFF);
  for (int n = 0; n < 20000; ++n)
    unknown += tagBytes(0x00091010) + le32(0xFFFFFFFF) + item(0xFFFFFFFF); // implicit inside
  CHECK(refusalOf(fileMeta() + unknown).code == ErrorCode::NestedTooDeep);
}

TEST_CASE("millions of empty items or attributes end early") {
  std::string items = longElement(0x00081140, "SQ", 0xFFFFFFFF);
  const std::string one = item(0);
  for (int n = 0; n < 1'500'000; ++n)
    items += one;
  CHECK(refusalOf(fileMeta() + items).code == ErrorCode::Malformed);
}

TEST_CASE("a deflate bomb stops at the limit") {
  const std::string bomb = deflated(std::string(std::size_t(128) << 20, '\0'));
  REQUIRE(bomb.size() < (std::size_t(2) << 20));
  const Error error = refusalOf(fileMeta("1.2.840.10008.1.2.1.99") + bomb);
  CHECK(error.code == ErrorCode::InflatesTooLarge);
  CHECK(refusalOf(fileMeta("1.2.840.10008.1.2.1.99") + "no deflate stream at all").code ==
        ErrorCode::Malformed);
  const std::string good = deflated(ctAttributes() + pixelData(sixteenPixels));
  CHECK(refusalOf(fileMeta("1.2.840.10008.1.2.1.99") + good.substr(0, good.size() / 2)).code ==
        ErrorCode::Truncated);
}

TEST_CASE("what is not read is refused by its name") {
  const auto ofClass = [](const std::string& sopClass) {
    return fileMeta("1.2.840.10008.1.2.1", sopClass) + element(0x00080016, "UI", sopClass) +
           us(0x00280010, 4);
  };
  CHECK(refusalOf(ofClass("1.2.840.10008.5.1.4.1.1.130")).arguments[1] == "Enhanced PET Image Storage");
  CHECK(refusalOf(ofClass("1.2.840.10008.5.1.4.1.1.1.2")).code == ErrorCode::UnsupportedObject);
  const Error syntax =
      refusalOf(fileMeta("1.2.840.10008.1.2.4.100") + ctAttributes() + pixelData(sixteenPixels));
  CHECK(syntax.code == ErrorCode::UnsupportedTransferSyntax);
  CHECK(syntax.arguments[1].find("MPEG2") != std::string::npos);
  CHECK(refusalOf(fileMeta() + ctAttributes(4, 4, {}, 12, 0, 12) + pixelData(sixteenPixels)).arguments[1] ==
        "12 bits allocated");
}

TEST_CASE("damaged frames of every codec fail in words, not in crashes") {
  for (const char* syntax : {"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70",
                             "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"}) {
    INFO(syntax);
    TemporaryFolder folder;
    std::string noise = "\xFF\xD8\xFF\x4F";
    for (int n = 0; n < 400; ++n)
      noise += static_cast<char>(n * 37 % 251);
    const std::string pixels = longElement(0x7FE00010, "OB", 0xFFFFFFFF) + item(0) +
                               item(static_cast<std::uint32_t>(noise.size()), noise) + tagBytes(0xFFFEE0DD) +
                               le32(0);
    const auto path =
        writeBytes(folder / "image.dcm", fileMeta(syntax) + ctAttributes(64, 64, {}, 8, 0, 8) + pixels);
    const auto listing = openStudies(path, {});
    REQUIRE(listing);
    const auto loaded = loadVolume(listing->studies[0].series[0], 0, {}, {true, {}});
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::DecodeFailed);
  }
}

TEST_CASE("every real file cut anywhere is refused or read, never more") {
  SPONDYL_NEED_DATA(data);
  TemporaryFolder folder;
  for (const char* name :
       {"transfer_syntax/MR_small.dcm", "transfer_syntax/MR_small_RLE.dcm",
        "transfer_syntax/MR_small_jp2klossless.dcm", "transfer_syntax/MR_small_bigendian.dcm",
        "transfer_syntax/MR_small_jpeg_ls_lossless.dcm"}) {
    INFO(name);
    const auto whole = readFile(data / "dicom_loader" / name);
    REQUIRE(whole);
    const auto cellsOf = [](const dicom::ImageHeader& header) {
      std::vector<std::byte> cells(static_cast<std::size_t>(header.layout.rows) *
                                   static_cast<std::size_t>(header.layout.columns) * 2);
      if (!dicom::decodeCells(header, cells))
        cells.clear();
      return cells;
    };
    const auto truth = cellsOf(dicom::readImageHeader(data / "dicom_loader" / name).value());
    REQUIRE_FALSE(truth.empty());
    for (std::size_t size = 1; size < whole->size(); size += 97) {
      const auto path = writeBytes(folder / "cut.dcm", whole->substr(0, size));
      const auto header = dicom::readImageHeader(path);
      if (!header)
        continue;
      const auto cells = cellsOf(*header);
      CHECK((cells.empty() || cells == truth)); // only padding behind the pixels may be missing
    }
  }
}

TEST_CASE("a file cut at every hundredth of its length is read, shown incomplete or refused") {
  // A frame or slice that is there in full is right; a cut one is never shown.
  const MadeObject object = objectOf(*rampVolume(axialGrid({16, 12, 8})));
  const std::pair<const char*, std::string> files[] = {
      {"single", fileMeta() + ctAttributes(32, 32) + pixelData(std::string(2048, '\x02'))},
      {"enhanced", fileOf(object)},
      {"enhanced implicit", fileOf(object, {true, true})},
      {"enhanced RLE", rleFileOf(object, 2, true)},
      {"deflated", fileMeta("1.2.840.10008.1.2.1.99") +
                       deflated(ctAttributes(32, 32) + pixelData(std::string(2048, '\x02')))}};
  TemporaryFolder folder;
  LoadOptions any;
  any.acceptSingleSlice = true;
  for (const auto& [name, whole] : files) {
    INFO(name);
    const auto valuesOf = [&](const std::string& bytes) -> std::vector<double> {
      const auto listing = openStudies(writeBytes(folder / "cut.dcm", bytes), {});
      if (!listing)
        return {};
      const auto loaded = loadVolume(listing->studies[0].series[0], 0, {}, any);
      if (!loaded)
        return {};
      return visitVoxels(*loaded->volume,
                         [](auto voxels) { return std::vector<double>(voxels.begin(), voxels.end()); });
    };
    const auto truth = valuesOf(whole);
    REQUIRE_FALSE(truth.empty());
    for (std::size_t percent = 0; percent < 100; ++percent) {
      const auto values = valuesOf(whole.substr(0, whole.size() * percent / 100));
      CHECK((values.empty() || values == truth));
    }
  }
}

TEST_CASE("a codestream that promises another size than the image's is refused before it is decoded") {
  const auto packed = [](const std::string& syntax, const std::string& stream) {
    TemporaryFolder folder;
    const auto path =
        writeBytes(folder / "bomb.dcm",
                   fileMeta(syntax) + ctAttributes(16, 16) +
                       longElement(0x7FE00010, "OB", 0xFFFFFFFF,
                                   item(0) + item(static_cast<std::uint32_t>(stream.size()), stream) +
                                       tagBytes(0xFFFEE0DD) + le32(0)));
    const auto listing = openStudies(path, {});
    REQUIRE(listing);
    const std::clock_t start = std::clock();
    const long before = peakMiB();
    const auto loaded = loadVolume(listing->studies[0].series[0], 0, {}, {true, {}});
    CHECK(std::clock() - start < 2 * CLOCKS_PER_SEC);
    CHECK(peakMiB() - before < 100);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::DecodeFailed);
  };
  const auto be16 = [](unsigned v) {
    return std::string{static_cast<char>(v >> 8), static_cast<char>(v & 0xFF)};
  };
  const auto jpeg = [&](char frame, unsigned rows, unsigned columns) {
    const std::string quantization = "\xFF\xDB" + be16(67) + std::string(1, '\0') + std::string(64, '\1');
    const std::string sof = std::string("\xFF") + frame + be16(11) + "\x08" + be16(rows) + be16(columns) +
                            std::string("\1\1\x11\0", 4);
    const std::string scan = "\xFF\xDA" + be16(8) + std::string("\1\1\0\0\x3F\0", 6) + "few bytes of nothing";
    return "\xFF\xD8" + quantization + sof + scan + "\xFF\xD9";
  };
  packed("1.2.840.10008.1.2.4.50", jpeg('\xC0', 65500, 65500));
  packed("1.2.840.10008.1.2.4.51", jpeg('\xC1', 65500, 65500));
  packed("1.2.840.10008.1.2.4.55", jpeg('\xC2', 65500, 65500)); // progressive: all coefficients at once
  packed("1.2.840.10008.1.2.4.70", jpeg('\xC3', 65500, 65500));
  packed("1.2.840.10008.1.2.4.80", jpeg('\xF7', 65500, 65500));
  packed("1.2.840.10008.1.2.4.50", std::string("\xFF\xD8\xFF", 3));
  packed("1.2.840.10008.1.2.4.50", "\xFF\xD8" + std::string(4000, '\xFF'));
  // JPEG 2000: a sound main header of 2^31 x 2^31 samples in tiles of one.
  const auto be32 = [&](std::uint32_t v) { return be16(v >> 16) + be16(v & 0xFFFF); };
  const auto size = [&](std::uint32_t side, std::uint32_t tile) {
    return "\xFF\x4F\xFF\x51" + be16(41) + be16(0) + be32(side) + be32(side) + be32(0) + be32(0) +
           be32(tile) + be32(tile) + be32(0) + be32(0) + be16(1) + std::string("\x0F\1\1", 3) + "\xFF\x52" +
           be16(12) + std::string("\0\0\0\1\0\5\4\4\0\1", 10) + "\xFF\x5C" + be16(4) +
           std::string("\x40\x80", 2);
  };
  for (const auto& [side, tile] :
       {std::pair{0x7FFFFFFFu, 0x7FFFFFFFu}, std::pair{60000u, 1u}, std::pair{16u, 1u}})
    packed("1.2.840.10008.1.2.4.90", size(side, tile));
}

TEST_CASE(
    "frames, dimensions and values that a multi-frame file makes up cost no more than the file itself") {
  std::string frames;
  for (int n = 0; n < 70'000; ++n)
    frames += item(0);
  CHECK(refusalOf(fileMeta() + longElement(0x52009230, "SQ", 0xFFFFFFFF) + frames).arguments.at(1) ==
        "too many frames");
  std::string dimensions;
  for (int n = 0; n < 100; ++n)
    dimensions += item(0);
  CHECK(refusalOf(fileMeta() + longElement(0x00209222, "SQ", 0xFFFFFFFF) + dimensions).arguments.at(1) ==
        "too many dimensions");
  // Two thousand million frames of four pixels.
  const std::string sopClass = "1.2.840.10008.5.1.4.1.1.2.1";
  const auto announcing = [&](const std::string& count) {
    return fileMeta("1.2.840.10008.1.2.1", sopClass) + element(0x00080016, "UI", sopClass) +
           element(0x00280008, "IS", count) + us(0x00280010, 2) + us(0x00280011, 2) + us(0x00280100, 16) +
           pixelData("few words");
  };
  CHECK(refusalOf(announcing("1999999999")).code == ErrorCode::Malformed);
  CHECK(refusalOf(announcing("-3")).code == ErrorCode::Malformed);
  CHECK(refusalOf(announcing("60000")).code == ErrorCode::Truncated);
}

TEST_CASE("attributes and sequences where an item should be are no frames and no dimensions") {
  // Found by fuzzing: both were written behind the end of an empty list.
  const std::string sequence = longElement(0x00209113, "SQ", 0xFFFFFFFF) + item(0xFFFFFFFF);
  CHECK(refusalOf(fileMeta() + longElement(0x52009230, "SQ", 0xFFFFFFFF) + sequence + sequence +
                  element(0x00200032, "DS", "1\\2\\3"))
            .code == ErrorCode::Malformed);
  CHECK(refusalOf(fileMeta() + longElement(0x00209222, "SQ", 0xFFFFFFFF) +
                  element(0x00209165, "AT", tagBytes(0x00209057)))
            .code == ErrorCode::Malformed);
}

TEST_CASE("files with bytes changed at random are read or refused, and the process lives on") {
  SPONDYL_NEED_DATA(data);
  TemporaryFolder folder;
  std::mt19937 random(20241124);
  const char* names[] = {"transfer_syntax/MR_small.dcm",
                         "transfer_syntax/MR_small_RLE.dcm",
                         "transfer_syntax/MR_small_implicit.dcm",
                         "transfer_syntax/MR_small_bigendian.dcm",
                         "transfer_syntax/MR_small_jp2klossless.dcm",
                         "transfer_syntax/MR_small_jpeg_ls_lossless.dcm",
                         "seg_sr_rt/seg_image_ct_binary.dcm",
                         "seg_sr_rt/dcmqi_23x38x3/label.seg"};
  for (const char* name : names) {
    const auto whole = readFile(data / "dicom_loader" / name);
    REQUIRE(whole);
    for (int round = 0; round < 60; ++round) {
      std::string bytes = *whole;
      const std::size_t changes = 1 + random() % 8;
      // Half of the rounds strike the structure, half anything.
      const std::size_t reach = round % 2 ? bytes.size() : std::min<std::size_t>(bytes.size(), 1500);
      for (std::size_t c = 0; c < changes; ++c)
        bytes[random() % reach] = static_cast<char>(random());
      const auto path = writeBytes(folder / "changed.dcm", bytes);
      if (const auto listing = openStudies(path, {}); listing && !listing->studies.empty())
        CHECK((loadVolume(listing->studies[0].series[0], 0, {}, {true, {}}) || true));
      CHECK((dicom::readSeg(path) || true));
    }
  }
}

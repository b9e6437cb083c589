#include "core/formats/open.h"
#include "core/formats/picture.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_data.h"

#include <cstdio>
#include <functional>
#include <random>
//
#include <jpeglib.h>
#include <png.h>

using namespace spondyl;
using namespace spondyl::test;

namespace {

Path write(const Path& path, const std::string& bytes) {
  REQUIRE(writeFileWhole(path, bytes));
  return path;
}

// 7 x 5 pixels; `value(x, y, channel)`.
Path makePng(const Path& path, int bits, int colour, const std::function<int(int, int, int)>& value,
             bool interlaced = false) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  REQUIRE(file);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, 7, 5, bits, colour, interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
  if (colour == PNG_COLOR_TYPE_PALETTE) {
    png_color palette[256];
    for (int n = 0; n < 256; ++n)
      palette[n] = {png_byte(255 - n), png_byte(255 - n), png_byte(255 - n)};
    png_set_PLTE(png, info, palette, 256);
  }
  png_write_info(png, info);
  const int channels = png_get_channels(png, info);
  std::vector<std::vector<png_byte>> rows;
  for (int y = 0; y < 5; ++y) {
    std::vector<png_byte> row;
    for (int x = 0; x < 7; ++x)
      for (int c = 0; c < channels; ++c) {
        const int v = value(x, y, c);
        if (bits == 16)
          row.push_back(png_byte(v >> 8));
        row.push_back(png_byte(v));
      }
    rows.push_back(row);
  }
  std::vector<png_bytep> pointers;
  for (auto& row : rows)
    pointers.push_back(row.data());
  png_write_image(png, pointers.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
  return path;
}

Path makeJpeg(const Path& path, int width, int height, int components, bool coloured = false) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  REQUIRE(file);
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr error;
  jpeg.err = jpeg_std_error(&error);
  jpeg_create_compress(&jpeg);
  jpeg_stdio_dest(&jpeg, file);
  jpeg.image_width = JDIMENSION(width);
  jpeg.image_height = JDIMENSION(height);
  jpeg.input_components = components;
  jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 95, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < height; ++y) {
    std::vector<JSAMPLE> row;
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < components; ++c)
        row.push_back(JSAMPLE(coloured && c == 0 ? 200 : 40 + x * 150 / width));
    JSAMPROW rows[1] = {row.data()};
    jpeg_write_scanlines(&jpeg, rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::fclose(file);
  return path;
}

Result<LoadedVolume> load(const Path& path) {
  LoadOptions options;
  options.acceptRadiograph = true;
  const auto listing = openStudies(path, {});
  if (!listing)
    return listing.error();
  return loadVolume(listing->studies[0].series[0], 0, {}, options);
}

} // namespace

TEST_CASE("a PNG is a radiograph without a length and without a side") {
  TemporaryFolder folder;
  const auto value = [](int x, int y, int) { return x * 30 + y; };
  const auto listing = openStudies(makePng(folder / "chest.png", 8, PNG_COLOR_TYPE_GRAY, value), {});
  REQUIRE(listing);
  CHECK(listing->studies[0].name == "chest");
  const Series& series = listing->studies[0].series[0];
  const Stack& stack = series.stacks[0];
  REQUIRE(stack.radiograph);
  CHECK(stack.radiograph->calibration == Calibration::None);
  CHECK_FALSE(stack.radiograph->spacingMm);
  CHECK_FALSE(stack.radiograph->isOriented);
  CHECK(stack.grid->size() == GridSize{7, 5, 1});
  CHECK(stack.warnings == std::vector<Warning>{{WarningCode::RadiographUncalibrated, {}},
                                               {WarningCode::OrientationUnknown, {}}});
  CHECK(chooseSeries(*listing).error().code == ErrorCode::ProjectionImage);
  // Never by accident a volume.
  CHECK(loadVolume(series, 0, {}).error().code == ErrorCode::ProjectionImage);
  CHECK(loadVolume(series, 0, {}, {true, {}, false}).error().code == ErrorCode::ProjectionImage);
}

TEST_CASE("grey PNG of 1, 8 and 16 bits keeps every value, interlaced or not") {
  TemporaryFolder folder;
  const auto sixteen = [](int x, int y, int) { return 300 * x + 7000 * y; };
  for (const bool interlaced : {false, true}) {
    const auto deep = load(makePng(folder / "s.png", 16, PNG_COLOR_TYPE_GRAY, sixteen, interlaced));
    REQUIRE(deep);
    const auto flat = load(makePng(
        folder / "e.png", 8, PNG_COLOR_TYPE_GRAY, [](int x, int y, int) { return 20 * x + y; }, interlaced));
    REQUIRE(flat);
    for (int y = 0; y < 5; ++y)
      for (int x = 0; x < 7; ++x) {
        CHECK(deep->volume->value({x, y, 0}) == 300 * x + 7000 * y);
        CHECK(flat->volume->value({x, y, 0}) == 20 * x + y);
      }
  }
}

TEST_CASE("colour is taken where it is grey and refused where it is not, and so is what shines through") {
  TemporaryFolder folder;
  const auto grey = [](int x, int y, int c) { return c == 3 ? 255 : 10 * x + y; };
  const auto rgb = load(makePng(folder / "g.png", 8, PNG_COLOR_TYPE_RGB, grey));
  REQUIRE(rgb);
  CHECK(rgb->volume->value({3, 2, 0}) == 32);
  CHECK(load(makePng(folder / "a.png", 8, PNG_COLOR_TYPE_RGB_ALPHA, grey)));
  const auto palette = load(makePng(folder / "p.png", 8, PNG_COLOR_TYPE_PALETTE, grey));
  REQUIRE(palette);
  CHECK(palette->volume->value({3, 2, 0}) == 255 - 32);
  const auto red = load(makePng(folder / "r.png", 8, PNG_COLOR_TYPE_RGB,
                                [](int x, int y, int c) { return c == 0 && x == 6 && y == 4 ? 9 : 8; }));
  CHECK(red.error().code == ErrorCode::UnsupportedPixels);
  const auto glass = load(makePng(folder / "t.png", 8, PNG_COLOR_TYPE_GRAY_ALPHA,
                                  [](int x, int, int c) { return c == 1 && x == 2 ? 254 : 255; }));
  CHECK(glass.error().code == ErrorCode::UnsupportedPixels);
  CHECK(load(makeJpeg(folder / "g.jpg", 33, 20, 3)));
  CHECK(load(makeJpeg(folder / "c.jpg", 33, 20, 3, true)).error().code == ErrorCode::UnsupportedPixels);
}

TEST_CASE("a JPEG is read within the codec's tolerance and said to be lossy") {
  TemporaryFolder folder;
  const auto loaded = load(makeJpeg(folder / "x.jpeg", 64, 24, 1));
  REQUIRE(loaded);
  CHECK(loaded->volume->size() == GridSize{64, 24, 1});
  for (int x = 0; x < 64; ++x)
    CHECK(std::abs(loaded->volume->value({x, 11, 0}) - (40 + x * 150 / 64)) <= 3);
  CHECK(loaded->warnings.back() == Warning{WarningCode::Lossy, {"JPEG", ""}});
  CHECK(openStudies(folder / "x.jpeg", {})->studies[0].series[0].lossy);
}

TEST_CASE("a picture cut anywhere is refused in words, and one with bytes changed is read or refused") {
  TemporaryFolder folder;
  const auto value = [](int x, int y, int) { return x * 31 + y * 7; };
  for (const Path& path :
       {makePng(folder / "a.png", 8, PNG_COLOR_TYPE_GRAY, value), makeJpeg(folder / "b.jpg", 24, 24, 1)}) {
    const std::string whole = readFile(path).value();
    for (std::size_t n = 4; n < whole.size(); ++n) {
      INFO(path << " " << n << " of " << whole.size());
      const auto loaded = load(write(folder / "cut", whole.substr(0, n)));
      // Only JPEG's end mark may be missing.
      CHECK((!loaded || n + 2 >= whole.size()));
    }
    std::mt19937 random(1);
    for (int round = 0; round < 1000; ++round) {
      std::string changed = whole;
      for (int times = 1 + int(random() % 4); times > 0; --times)
        changed[4 + random() % (changed.size() - 4)] = char(random());
      const auto loaded = load(write(folder / "changed", changed));
      CHECK((loaded || loaded.error().code != ErrorCode::Internal));
    }
  }
}

TEST_CASE("a picture that announces more pixels than it can hold is refused before they are paid for") {
  TemporaryFolder folder;
  std::string jpeg = readFile(makeJpeg(folder / "b.jpg", 24, 24, 1)).value();
  const std::size_t frame = jpeg.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\x74\x00\x74\x00", 4); // 29696 x 29696
  CHECK(load(write(folder / "bomb.jpg", jpeg)).error().code == ErrorCode::DeclaredTooLarge);
  jpeg.replace(frame + 5, 4, "\x00\x10\xEA\x60", 4); // 60000 wide
  CHECK(load(write(folder / "side.jpg", jpeg)).error().code == ErrorCode::DeclaredTooLarge);
}

TEST_CASE("pictures beside a study are named and left out, alone in a folder they are radiographs") {
  TemporaryFolder folder;
  const auto value = [](int x, int, int) { return x; };
  makePng(folder / "a.png", 8, PNG_COLOR_TYPE_GRAY, value);
  makeJpeg(folder / "b.jpg", 24, 24, 1);
  const auto alone = openStudies(folder.path(), {});
  REQUIRE(alone);
  CHECK(alone->studies.size() == 2);
  write(folder / "v.nrrd",
        "NRRD0004\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 2 2 2\nspace directions: (1,0,0) "
        "(0,1,0) (0,0,1)\nspace origin: (0,0,0)\nencoding: raw\n\n12345678");
  const auto beside = openStudies(folder.path(), {});
  REQUIRE(beside);
  CHECK(beside->studies.size() == 1);
  CHECK(beside->refused.size() == 2);
}

TEST_CASE("real radiographs and slices as PNG and JPEG are read") {
  SPONDYL_NEED_DATA(data);
  for (const char* name : {"xray_aasce", "mr_gradings_spider", "mr_2d_masks"}) {
    int read = 0;
    for (const auto& entry : std::filesystem::directory_iterator(data / name))
      if (isPicture(entry.path())) {
        INFO(entry.path());
        const auto loaded = load(entry.path());
        CHECK(loaded);
        ++read;
      }
    CHECK(read > 30);
  }
}

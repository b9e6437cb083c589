#include "core/formats/picture_decoder.h"

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <memory>
#include <png.h>

namespace spondyl {
namespace {

// What the library says when it leaves.
struct PngFailure {
  std::jmp_buf back;
  char text[128]{};
};

[[noreturn]] void leave(png_structp png, png_const_charp text) {
  auto* failure = static_cast<PngFailure*>(png_get_error_ptr(png));
  std::snprintf(failure->text, sizeof failure->text, "%s", text);
  std::longjmp(failure->back, 1);
}
void ignore(png_structp, png_const_charp) {}

struct PngReader {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{nullptr, &std::fclose};
  PngFailure failure;
  png_structp png = nullptr;
  png_infop info = nullptr;
  int channels = 1, bits = 8;
  std::vector<png_byte> pixels; ///< whole picture, for interlaced ones too
  std::vector<png_bytep> rows;

  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }

  Status open(const Path& path) {
    file.reset(std::fopen(path.c_str(), "rb"));
    if (!file)
      return fail(ErrorCode::FileUnreadable, {path.string(), std::strerror(errno)}, "readPicture");
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure, &leave, &ignore);
    info = png ? png_create_info_struct(png) : nullptr;
    return info ? Status() : Status(fail(ErrorCode::OutOfMemory, {"1", "?"}, "readPicture"));
  }

  // False: the library left, `failure.text` says why. No object with a destructor in here.
  bool readHeader() {
    if (setjmp(failure.back) != 0)
      return false;
    png_set_user_limits(png, largestPictureSide, largestPictureSide);
    png_set_chunk_malloc_max(png, png_alloc_size_t(16) << 20);
    png_set_chunk_cache_max(png, 64);
    png_init_io(png, file.get());
    png_read_info(png, info);
    return true;
  }

  bool prepare() {
    if (setjmp(failure.back) != 0)
      return false;
    if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE)
      png_set_palette_to_rgb(png);
    png_set_packing(png); // 1, 2 and 4 bits: the values as they are, a byte each
    if (png_get_valid(png, info, PNG_INFO_tRNS))
      png_set_tRNS_to_alpha(png);
    if (png_get_bit_depth(png, info) == 16)
      png_set_swap(png); // big-endian in the file
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    channels = png_get_channels(png, info);
    bits = png_get_bit_depth(png, info);
    return true;
  }

  bool readPixels() {
    if (setjmp(failure.back) != 0)
      return false;
    png_read_image(png, rows.data());
    png_read_end(png, nullptr);
    return true;
  }
};

Error refused(const Path& path, const PngReader& reader) {
  const std::string text = reader.failure.text;
  if (text.find("Read Error") != std::string::npos)
    return fail(ErrorCode::Truncated, {path.string(), "?", "?"}, "readPicture");
  if (text.find("exceeds user limit") != std::string::npos)
    return fail(ErrorCode::DeclaredTooLarge,
                {path.string(), "more pixels", std::to_string(largestPictureSide) + " a side"},
                "readPicture");
  return fail(ErrorCode::Malformed, {path.string(), "PNG: " + text}, "readPicture");
}

template <class T>
const char* toGrey(const PngReader& reader, std::span<std::uint16_t> out) {
  const auto* in = reinterpret_cast<const T*>(reader.pixels.data());
  const int n = reader.channels;
  for (std::size_t p = 0; p < out.size(); ++p, in += n) {
    if (n >= 3 && (in[0] != in[1] || in[0] != in[2]))
      return "colour";
    if ((n == 2 || n == 4) && in[n - 1] != T(~T(0)))
      return "transparency";
    out[p] = in[0];
  }
  return nullptr;
}

} // namespace

Result<PictureSize> pngSize(const Path& path) {
  PngReader reader;
  SPONDYL_CHECK(reader.open(path));
  if (!reader.readHeader())
    return refused(path, reader);
  return PictureSize{int(png_get_image_width(reader.png, reader.info)),
                     int(png_get_image_height(reader.png, reader.info)),
                     png_get_bit_depth(reader.png, reader.info), false};
}

Status decodePng(const Path& path, std::span<std::uint16_t> out, const JobContext& context) {
  PngReader reader;
  SPONDYL_CHECK(reader.open(path));
  if (!reader.readHeader() || !reader.prepare())
    return refused(path, reader);
  const std::size_t height = png_get_image_height(reader.png, reader.info);
  const std::size_t rowBytes = png_get_rowbytes(reader.png, reader.info);
  reader.pixels.resize(rowBytes * height);
  reader.rows.resize(height);
  for (std::size_t row = 0; row < height; ++row)
    reader.rows[row] = reader.pixels.data() + row * rowBytes;
  if (context.stopRequested())
    return fail(ErrorCode::Cancelled, {}, "readPicture");
  if (!reader.readPixels())
    return refused(path, reader);
  const char* wrong =
      reader.bits == 16 ? toGrey<std::uint16_t>(reader, out) : toGrey<std::uint8_t>(reader, out);
  return wrong ? Status(fail(ErrorCode::UnsupportedPixels, {path.string(), wrong}, "readPicture")) : Status();
}

} // namespace spondyl

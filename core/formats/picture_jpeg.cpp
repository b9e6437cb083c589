#include "core/formats/picture_decoder.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
//
#include <jpeglib.h>

namespace spondyl {
namespace {

constexpr int mostScans = 500; // a progressive file of many scans is made to keep a reader busy

struct JpegFailure {
  jpeg_error_mgr manager; // first: the library only knows this
  std::jmp_buf back;
  char text[JMSG_LENGTH_MAX]{};
};

[[noreturn]] void leave(j_common_ptr jpeg) {
  auto* failure = reinterpret_cast<JpegFailure*>(jpeg->err);
  (*jpeg->err->format_message)(jpeg, failure->text);
  std::longjmp(failure->back, 1);
}

// A warning means that pixels are made up ("premature end of JPEG file"): for a radiograph that is an error.
void warned(j_common_ptr jpeg, int level) {
  if (level < 0)
    leave(jpeg);
}

void watchScans(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= mostScans)
    return;
  auto* failure = reinterpret_cast<JpegFailure*>(jpeg->err);
  std::snprintf(failure->text, sizeof failure->text, "too many scans");
  std::longjmp(failure->back, 1);
}

struct JpegReader {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{nullptr, &std::fclose};
  JpegFailure failure{};
  jpeg_decompress_struct jpeg{};
  jpeg_progress_mgr watch{};
  bool made = false, colour = false;
  std::vector<JSAMPLE> row;

  ~JpegReader() {
    if (made)
      jpeg_destroy_decompress(&jpeg);
  }

  Status open(const Path& path) {
    file.reset(std::fopen(path.c_str(), "rb"));
    if (!file)
      return fail(ErrorCode::FileUnreadable, {path.string(), std::strerror(errno)}, "readPicture");
    return {};
  }

  // False: the library left, `failure.text` says why. No object with a destructor in these.
  bool readHeader() {
    if (setjmp(failure.back) != 0)
      return false;
    jpeg.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = &leave;
    failure.manager.emit_message = &warned;
    jpeg_create_decompress(&jpeg);
    made = true;
    jpeg.mem->max_memory_to_use = 1L << 31;
    watch.progress_monitor = &watchScans;
    jpeg.progress = &watch;
    jpeg_stdio_src(&jpeg, file.get());
    jpeg_read_header(&jpeg, TRUE);
    return true;
  }

  bool start() {
    if (setjmp(failure.back) != 0)
      return false;
    // Colour as stored: equal R, G and B, or chroma in the middle, is grey.
    if (jpeg.jpeg_color_space != JCS_GRAYSCALE)
      jpeg.out_color_space = jpeg.jpeg_color_space;
    jpeg.do_fancy_upsampling = FALSE;
    jpeg_start_decompress(&jpeg);
    return true;
  }

  bool nextRow() {
    if (setjmp(failure.back) != 0)
      return false;
    JSAMPROW rows[1] = {row.data()};
    while (jpeg_read_scanlines(&jpeg, rows, 1) != 1) {
    }
    return true;
  }

  bool finish() {
    if (setjmp(failure.back) != 0)
      return false;
    jpeg_finish_decompress(&jpeg);
    return true;
  }

  // One row to grey; false: it has colour.
  bool toGrey(std::uint16_t* out) const {
    const int n = jpeg.output_components;
    const JSAMPLE* in = row.data();
    for (JDIMENSION x = 0; x < jpeg.output_width; ++x, in += n) {
      if (n == 3) {
        const bool chroma = jpeg.jpeg_color_space == JCS_YCbCr;
        const int one = chroma ? std::abs(in[1] - 128) : std::abs(in[0] - in[1]);
        const int two = chroma ? std::abs(in[2] - 128) : std::abs(in[0] - in[2]);
        if (one > 2 || two > 2) // compression leaves a trace of colour on grey
          return false;
      }
      out[x] = in[0];
    }
    return true;
  }
};

Error refused(const Path& path, const JpegReader& reader) {
  const std::string text = reader.failure.text;
  if (text.find("Premature end") != std::string::npos)
    return fail(ErrorCode::Truncated, {path.string(), "?", "?"}, "readPicture");
  if (text.find("Unsupported") != std::string::npos || text.find("precision") != std::string::npos)
    return fail(ErrorCode::UnsupportedPixels, {path.string(), "JPEG: " + text}, "readPicture");
  return fail(ErrorCode::Malformed, {path.string(), "JPEG: " + text}, "readPicture");
}

Status checkColours(const Path& path, const JpegReader& reader) {
  const J_COLOR_SPACE space = reader.jpeg.jpeg_color_space;
  if (space == JCS_GRAYSCALE || space == JCS_YCbCr || space == JCS_RGB)
    return {};
  return fail(ErrorCode::UnsupportedPixels, {path.string(), "four colours"}, "readPicture");
}

} // namespace

Result<PictureSize> jpegSize(const Path& path) {
  JpegReader reader;
  SPONDYL_CHECK(reader.open(path));
  if (!reader.readHeader())
    return refused(path, reader);
  SPONDYL_CHECK(checkColours(path, reader));
  return PictureSize{int(reader.jpeg.image_width), int(reader.jpeg.image_height), 8, true};
}

Status decodeJpeg(const Path& path, std::span<std::uint16_t> out, const JobContext& context) {
  JpegReader reader;
  SPONDYL_CHECK(reader.open(path));
  if (!reader.readHeader())
    return refused(path, reader);
  SPONDYL_CHECK(checkColours(path, reader));
  if (!reader.start())
    return refused(path, reader);
  const std::size_t width = reader.jpeg.output_width, height = reader.jpeg.output_height;
  if (width * height != out.size())
    return fail(ErrorCode::Malformed, {path.string(), "JPEG: size"}, "readPicture");
  reader.row.resize(width * std::size_t(reader.jpeg.output_components));
  for (std::size_t y = 0; y < height; ++y) {
    if (y % 64 == 0 && context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "readPicture");
    if (!reader.nextRow())
      return refused(path, reader);
    if (!reader.toGrey(out.data() + y * width))
      return fail(ErrorCode::UnsupportedPixels, {path.string(), "colour"}, "readPicture");
  }
  return reader.finish() ? Status() : Status(refused(path, reader));
}

} // namespace spondyl

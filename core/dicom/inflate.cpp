#include "core/dicom/inflate.h"

#include <algorithm>
#include <limits>
#include <zlib.h>

namespace spondyl::dicom {

Result<std::string> inflateBounded(std::span<const std::byte> bytes, std::uint64_t limitBytes,
                                   const std::string& name) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return fail(ErrorCode::OutOfMemory, {"1", "?"}, "inflateBounded");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max()));
  std::string out;
  char piece[1 << 16];
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    state = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = sizeof piece - stream.avail_out;
    if (out.size() + got > limitBytes) {
      inflateEnd(&stream);
      return fail(ErrorCode::InflatesTooLarge, {name, std::to_string(limitBytes)}, "inflateBounded");
    }
    out.append(piece, got);
    if (state == Z_BUF_ERROR || (state == Z_OK && got == 0 && stream.avail_in == 0))
      break;
  }
  inflateEnd(&stream);
  if (state == Z_STREAM_END)
    return out;
  if (state == Z_OK || state == Z_BUF_ERROR)
    return fail(ErrorCode::Truncated, {name, "?", std::to_string(out.size())}, "inflateBounded");
  return fail(ErrorCode::Malformed, {name, "deflated data set"}, "inflateBounded");
}

} // namespace spondyl::dicom

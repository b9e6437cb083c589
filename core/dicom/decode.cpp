#include "core/dicom/decode.h"

#include "core/dicom/transfer_syntax.h"

#include <algorithm>
#include <bit>

namespace spondyl::dicom {
namespace {

static_assert(std::endian::native == std::endian::little, "pixel cells are written in little-endian order");

void reverseWithin(std::span<std::byte> bytes, std::size_t cell) {
  for (std::size_t at = 0; at + cell <= bytes.size(); at += cell)
    std::reverse(bytes.begin() + at, bytes.begin() + at + cell);
}

Status readNative(const ImageHeader& h, ByteSource& source, std::span<std::byte> cells) {
  const ByteRange range = h.raw.pixels.ranges.front();
  if (range.length < cells.size())
    return fail(ErrorCode::Truncated,
                {h.raw.path.string(), std::to_string(cells.size()), std::to_string(range.length)},
                "decodeCells");
  if (!source.read(range.offset, cells))
    return fail(ErrorCode::FileUnreadable, {h.raw.path.string(), "read error"}, "decodeCells");
  if (!h.raw.bigEndian)
    return {};
  if (h.layout.bitsAllocated > 8)
    reverseWithin(cells, static_cast<std::size_t>(h.layout.bitsAllocated / 8));
  else if (h.raw.pixels.isWords)
    reverseWithin(cells, 2);
  return {};
}

} // namespace

Status decodeCells(const ImageHeader& header, std::span<std::byte> cells) {
  const SyntaxInfo* syntax = findSyntax(header.raw.transferSyntax);
  const PixelCoding coding = syntax ? syntax->coding : PixelCoding::Native;
  if (coding == PixelCoding::Deflated && !header.raw.inflated) {
    SPONDYL_TRY(const ImageHeader inflated, readImageHeader(header.raw.path));
    return decodeCells(inflated, cells);
  }
  SPONDYL_TRY(ByteSource source, header.raw.source());
  if (!header.raw.pixels.encapsulated)
    return readNative(header, source, cells);

  // One frame: however many fragments there are, they belong together.
  std::uint64_t total = 0;
  for (const ByteRange& range : header.raw.pixels.ranges)
    total += range.length;
  if (total > source.size())
    return fail(ErrorCode::Malformed, {header.raw.path.string(), "fragments"}, "decodeCells");
  std::vector<std::byte> packed(static_cast<std::size_t>(total));
  std::size_t at = 0;
  for (const ByteRange& range : header.raw.pixels.ranges) {
    if (!source.read(range.offset, std::span(packed).subspan(at, static_cast<std::size_t>(range.length))))
      return fail(ErrorCode::FileUnreadable, {header.raw.path.string(), "read error"}, "decodeCells");
    at += static_cast<std::size_t>(range.length);
  }
  bool ok = false;
  switch (coding) {
  case PixelCoding::Rle:
    ok = decodeRle(packed, header.layout, cells);
    break;
  case PixelCoding::Jpeg2000:
    ok = decodeJpeg2000(packed, header.layout, cells);
    break;
  case PixelCoding::Jpeg:
  case PixelCoding::JpegLs:
    ok = decodeByDcmtk(packed, header.layout, header.raw.transferSyntax, cells);
    break;
  case PixelCoding::Native:
  case PixelCoding::Deflated:
    return fail(ErrorCode::UnsupportedTransferSyntax, {header.raw.path.string(), header.raw.transferSyntax},
                "decodeCells");
  }
  if (!ok)
    return fail(ErrorCode::DecodeFailed, {header.raw.path.string(), nameOfUid(header.raw.transferSyntax)},
                "decodeCells");
  return {};
}

} // namespace spondyl::dicom

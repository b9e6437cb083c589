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

Status readNative(const ImageHeader& h, const PixelLayout& layout, ByteSource& source,
                  std::span<std::byte> cells) {
  const ByteRange range = h.raw.pixels.ranges.front();
  if (range.length < cells.size())
    return fail(ErrorCode::Truncated,
                {h.raw.path.string(), std::to_string(cells.size()), std::to_string(range.length)},
                "decodeCells");
  if (!source.read(range.offset, cells))
    return fail(ErrorCode::FileUnreadable, {h.raw.path.string(), "read error"}, "decodeCells");
  if (!h.raw.bigEndian)
    return {};
  if (layout.bitsAllocated > 8)
    reverseWithin(cells, static_cast<std::size_t>(layout.bitsAllocated / 8));
  else if (h.raw.pixels.isWords)
    reverseWithin(cells, 2);
  return {};
}

// A whole frame, of which a mosaic's slice is a tile.
Status decodeFrame(const ImageHeader& header, const PixelLayout& layout, std::span<std::byte> cells) {
  const SyntaxInfo* syntax = findSyntax(header.raw.transferSyntax);
  const PixelCoding coding = syntax ? syntax->coding : PixelCoding::Native;
  if (coding == PixelCoding::Deflated && !header.raw.inflated) {
    SPONDYL_TRY(const ImageHeader inflated, readImageHeader(header.raw.path, header.source.frame));
    return decodeFrame(inflated, layout, cells);
  }
  SPONDYL_TRY(ByteSource source, header.raw.source());
  if (!header.raw.pixels.encapsulated)
    return readNative(header, layout, source, cells);

  // The ranges are those of this frame: however many fragments there are, they belong together.
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
    ok = decodeRle(packed, layout, cells);
    break;
  case PixelCoding::Jpeg2000:
    ok = decodeJpeg2000(packed, layout, cells);
    break;
  case PixelCoding::Jpeg:
  case PixelCoding::JpegLs:
    ok = decodeByDcmtk(packed, layout, header.raw.transferSyntax, cells);
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

} // namespace

Status decodeCells(const ImageHeader& header, std::span<std::byte> cells) {
  if (!header.tile)
    return decodeFrame(header, header.layout, cells);
  const Tile& tile = *header.tile;
  PixelLayout whole = header.layout;
  whole.rows = tile.rows;
  whole.columns = tile.columns;
  const std::size_t cell = static_cast<std::size_t>(whole.bitsAllocated / 8),
                    width = static_cast<std::size_t>(header.layout.columns) * cell,
                    pitch = static_cast<std::size_t>(tile.columns) * cell;
  std::vector<std::byte> mosaic(static_cast<std::size_t>(tile.rows) * pitch);
  SPONDYL_CHECK(decodeFrame(header, whole, mosaic));
  for (std::size_t row = 0; row < static_cast<std::size_t>(header.layout.rows); ++row) {
    const auto from =
        mosaic.begin() + static_cast<std::ptrdiff_t>((static_cast<std::size_t>(tile.top) + row) * pitch +
                                                     static_cast<std::size_t>(tile.left) * cell);
    std::copy_n(from, width, cells.begin() + static_cast<std::ptrdiff_t>(row * width));
  }
  return {};
}

} // namespace spondyl::dicom

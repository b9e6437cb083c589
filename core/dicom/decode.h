#pragma once
// Pixels of one frame as they are stored, from any transfer syntax that we read.

#include "core/dicom/image_header.h"

namespace spondyl::dicom {

/// Fills `cells` (rows x columns cells of bitsAllocated / 8 bytes, this machine's byte order) with the stored
/// words, bits above High Bit included. Errors: DecodeFailed, Truncated, FileUnreadable,
/// UnsupportedTransferSyntax.
Status decodeCells(const ImageHeader& header, std::span<std::byte> cells);

/// The number that a stored word means: bits from High Bit down, sign-extended if the representation is
/// signed.
inline std::int64_t storedNumber(std::uint32_t word, const PixelLayout& layout) {
  const std::uint64_t mask = (std::uint64_t(1) << layout.bitsStored) - 1;
  const std::uint64_t bits = (word >> (layout.highBit + 1 - layout.bitsStored)) & mask;
  const bool negative = layout.isSigned && ((bits >> (layout.bitsStored - 1)) & 1u);
  return negative ? static_cast<std::int64_t>(bits) - static_cast<std::int64_t>(mask) - 1
                  : static_cast<std::int64_t>(bits);
}

// The codecs, each for one frame of `layout`; `packed` is the joined frame. False: not decodable.
bool decodeRle(std::span<const std::byte> packed, const PixelLayout& layout, std::span<std::byte> cells);
bool decodeJpeg2000(std::span<const std::byte> packed, const PixelLayout& layout, std::span<std::byte> cells);
/// JPEG and JPEG-LS through DCMTK.
bool decodeByDcmtk(std::span<const std::byte> packed, const PixelLayout& layout,
                   const std::string& transferSyntax, std::span<std::byte> cells);

} // namespace spondyl::dicom

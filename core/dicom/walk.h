#pragma once
// The first look at a DICOM file: one bounded pass that touches no library. It checks nesting, lengths and
// counts, keeps the top-level attributes that we use and notes where the pixels lie.

#include "core/dicom/byte_source.h"
#include "core/dicom/tags.h"

#include <map>
#include <optional>

namespace spondyl::dicom {

struct WalkLimits {
  int depth = 64; ///< nested sequences
  std::uint64_t elements = 4'000'000, items = 1'000'000;
  std::uint64_t inflatedBytes = std::uint64_t(96) << 20; ///< thrice the largest CT image
  std::uint64_t valueBytes = std::uint64_t(1) << 17;     ///< a kept attribute; longer ones are not kept
  std::size_t frames = 65'535;
  bool toEnd = false; ///< also behind the pixel data: before another library reads it
};

struct ByteRange {
  std::uint64_t offset = 0, length = 0;
};

struct PixelLocation {
  tag::Tag tag = 0; ///< 0: none
  bool encapsulated = false;
  bool isWords = false;            ///< VR OW: 8-bit pixels of a big-endian file are swapped in pairs
  std::vector<ByteRange> ranges{}; ///< one, or the fragments behind the offset table
  ByteRange offsetTable{};         ///< the bytes of the Basic Offset Table; length 0: it is empty
};

using AttributeMap = std::map<tag::Tag, std::string>; ///< raw bytes

struct DicomHeader {
  Path path;
  std::string transferSyntax; ///< as stated; empty: not stated
  std::string mediaSopClass, mediaSopInstance;
  bool bigEndian = false, explicitVr = true;
  AttributeMap values;                   ///< wanted top-level attributes
  AttributeMap modalityLut, voiLut;      ///< of the first items of these sequences
  AttributeMap sharedGroups;             ///< wanted attributes of the Shared Functional Groups
  std::vector<AttributeMap> frameGroups; ///< of the Per-Frame Functional Groups, one for each frame
  std::vector<AttributeMap> dimensions;  ///< of the Dimension Index Sequence: the pointers
  PixelLocation pixels;
  std::shared_ptr<const std::string> inflated; ///< deflated syntax: what offsets refer to

  bool has(tag::Tag t) const { return values.contains(t); }
  /// Without padding spaces and nulls; empty if absent.
  std::string text(tag::Tag t) const;
  std::vector<std::string> texts(tag::Tag t) const; ///< parts between backslashes
  std::vector<double>
  numbers(tag::Tag t) const; ///< DS, IS; unreadable ones are left out of none: empty result
  std::optional<double> number(tag::Tag t) const;
  std::optional<int> integer(tag::Tag t) const; ///< IS
  std::optional<std::uint16_t> us(tag::Tag t) const;
  std::vector<double> doubles(tag::Tag t) const;      ///< FD; not finite: empty
  std::vector<std::uint32_t> longs(tag::Tag t) const; ///< UL
  bool isMosaic() const { return text(tag::ImageType).find("MOSAIC") != std::string::npos; }
  /// Where the bytes of `pixels` are read from.
  Result<ByteSource> source() const;
};

/// Errors: those of ByteSource::open, NotAnImage (no DICOM), Truncated, DeclaredTooLarge, NestedTooDeep,
/// InflatesTooLarge, Malformed.
Result<DicomHeader> walkDicom(const Path& path, const WalkLimits& limits = {});

/// Words of `bytes` in the stated order.
std::uint16_t readU16(const std::byte* bytes, bool bigEndian);
std::uint32_t readU32(const std::byte* bytes, bool bigEndian);

} // namespace spondyl::dicom

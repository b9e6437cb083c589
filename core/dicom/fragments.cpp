// Which fragments of encapsulated pixel data make which frame (PS3.5 A.4).
#include "core/dicom/header_parts.h"

#include <algorithm>
#include <array>

namespace spondyl::dicom {
namespace {

using Fragments = std::vector<std::vector<ByteRange>>;

Error unclear(const DicomHeader& raw) {
  return fail(ErrorCode::Malformed, {raw.path.string(), "its compressed frames cannot be told apart"},
              "fragmentsOfFrames");
}

// Offsets of the frames' first items, counted from the first item behind the table; empty without a table.
Result<std::vector<std::uint64_t>> offsetsOf(const DicomHeader& raw, ByteSource& source, std::size_t frames) {
  std::vector<std::uint64_t> offsets;
  const auto words = raw.longs(tag::ExtendedOffsets); // OV: pairs, the low word first
  if (words.size() == 2 * frames) {
    for (std::size_t k = 0; k < frames; ++k)
      offsets.push_back((std::uint64_t(words[2 * k + 1]) << 32) | words[2 * k]);
    return offsets;
  }
  if (raw.pixels.offsetTable.length != 4 * std::uint64_t(frames))
    return offsets;
  std::vector<std::byte> table(4 * frames);
  if (!source.read(raw.pixels.offsetTable.offset, table))
    return fail(ErrorCode::FileUnreadable, {raw.path.string(), "read error"}, "fragmentsOfFrames");
  for (std::size_t k = 0; k < frames; ++k)
    offsets.push_back(readU32(table.data() + 4 * k, false));
  return offsets;
}

// JPEG and JPEG-LS begin with SOI, JPEG 2000 with SOC.
bool beginsFrame(ByteSource& source, const ByteRange& range) {
  std::array<std::byte, 3> head{};
  if (range.length < head.size() || !source.read(range.offset, head))
    return false;
  const auto b = [&](std::size_t k) { return std::to_integer<int>(head[k]); };
  return b(0) == 0xFF && b(2) == 0xFF && (b(1) == 0xD8 || b(1) == 0x4F);
}

} // namespace

Result<std::vector<std::vector<ByteRange>>> fragmentsOfFrames(const DicomHeader& raw, int frames) {
  const std::vector<ByteRange>& ranges = raw.pixels.ranges;
  const auto count = static_cast<std::size_t>(frames);
  Fragments out;
  if (count == 1)
    return Fragments{ranges};
  if (ranges.size() < count)
    return fail(ErrorCode::Truncated,
                {raw.path.string(), std::to_string(count) + " frames", std::to_string(ranges.size())},
                "fragmentsOfFrames");
  if (ranges.size() == count) {
    for (const ByteRange& range : ranges)
      out.push_back({range});
    return out;
  }
  SPONDYL_TRY(ByteSource source, raw.source());
  SPONDYL_TRY(const auto offsets, offsetsOf(raw, source, count));
  for (const ByteRange& range : ranges) {
    const std::uint64_t at = range.offset - ranges.front().offset;
    const bool begins =
        offsets.empty() ? beginsFrame(source, range) : std::binary_search(offsets.begin(), offsets.end(), at);
    if (begins)
      out.emplace_back();
    if (out.empty())
      return unclear(raw);
    out.back().push_back(range);
  }
  if (out.size() != count)
    return unclear(raw);
  return out;
}

} // namespace spondyl::dicom

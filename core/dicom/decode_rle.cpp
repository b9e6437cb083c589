// RLE Lossless (PS3.5 Annex G): a header of segment offsets, then one PackBits segment per byte plane, the
// highest first.
#include "core/dicom/decode.h"

#include <algorithm>
#include <cstring>

namespace spondyl::dicom {
namespace {

// One byte plane into every `stride`th byte of `out`.
bool unpackBits(std::span<const std::byte> in, std::byte* out, std::size_t count, std::size_t stride) {
  std::size_t at = 0, done = 0;
  while (done < count && at < in.size()) {
    const int byte = std::to_integer<int>(in[at++]), control = byte < 128 ? byte : byte - 256;
    if (control == -128)
      continue;
    const bool literal = control >= 0;
    const std::size_t run =
        std::min<std::size_t>(count - done, static_cast<std::size_t>(literal ? control + 1 : 1 - control));
    if (at + (literal ? run : 1) > in.size())
      return false;
    for (std::size_t k = 0; k < run; ++k)
      out[(done + k) * stride] = in[at + (literal ? k : 0)];
    at += literal ? run : 1;
    done += run;
  }
  return done == count;
}

} // namespace

bool decodeRle(std::span<const std::byte> packed, const PixelLayout& layout, std::span<std::byte> cells) {
  const std::size_t planes = static_cast<std::size_t>(layout.bitsAllocated / 8);
  if (packed.size() < 64 || readU32(packed.data(), false) != planes)
    return false;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    const std::size_t begin = readU32(packed.data() + 4 + 4 * plane, false);
    const std::size_t end =
        plane + 1 < planes ? readU32(packed.data() + 8 + 4 * plane, false) : packed.size();
    if (begin < 64 || begin > end || end > packed.size())
      return false;
    if (!unpackBits(packed.subspan(begin, end - begin), cells.data() + (planes - 1 - plane),
                    cells.size() / planes, planes))
      return false;
  }
  return true;
}

} // namespace spondyl::dicom

#include "core/dicom/slice_values.h"

#include <algorithm>
#include <cstring>

namespace spondyl::dicom {
namespace {

std::uint32_t wordAt(const std::vector<std::byte>& cells, std::size_t k, std::size_t cell) {
  std::uint32_t word = 0;
  std::memcpy(&word, cells.data() + k * cell, cell);
  return word;
}

double ownValue(const ImageHeader& h, std::int64_t stored) {
  if (h.lut && !h.lut->table.empty()) {
    const std::int64_t at = std::clamp<std::int64_t>(stored - h.lut->first, 0, std::ssize(h.lut->table) - 1);
    return h.lut->table[static_cast<std::size_t>(at)];
  }
  const Rescale r = h.rescale.value_or(Rescale{});
  return static_cast<double>(stored) * r.slope + r.intercept;
}

} // namespace

ValueRule chooseValues(const std::vector<std::optional<ImageHeader>>& headers) {
  const ImageHeader* first = nullptr;
  bool sameRescale = true, sameLut = true, anySigned = false, anyUnsigned16 = false, any32 = false,
       samePadding = true;
  for (const auto& h : headers) {
    if (!h)
      continue;
    if (!first)
      first = &*h;
    sameRescale = sameRescale && h->rescale.value_or(Rescale{}) == first->rescale.value_or(Rescale{});
    sameLut = sameLut && h->lut == first->lut;
    samePadding = samePadding && h->padding == first->padding;
    any32 = any32 || h->layout.bitsStored > 16;
    if (h->layout.isSigned)
      anySigned = true;
    else if (h->layout.bitsStored > 15)
      anyUnsigned16 = true;
  }
  ValueRule rule;
  if (!first)
    return rule;
  if (sameLut && first->lut)
    return {VoxelType::UInt16, {}, std::nullopt, true};
  if (!sameLut || !sameRescale)
    return {VoxelType::Float32, {}, std::nullopt, true};
  rule.rescale = first->rescale.value_or(Rescale{});
  if (samePadding)
    rule.padding = first->padding;
  if (any32)
    rule.type = VoxelType::Float64;
  else if (!anySigned)
    rule.type = VoxelType::UInt16;
  else if (anyUnsigned16)
    rule.type = VoxelType::Float32;
  return rule;
}

template <class T>
Status decodeValues(const ImageHeader& header, const ValueRule& rule, std::span<T> out) {
  const PixelLayout& layout = header.layout;
  const std::size_t cell = static_cast<std::size_t>(layout.bitsAllocated / 8);
  if constexpr (sizeof(T) == 2) {
    if (!rule.applyOwn && cell == 2) { // the common case: no copy
      SPONDYL_CHECK(decodeCells(header, std::as_writable_bytes(out)));
      if (layout.bitsStored == 16)
        return {};
      for (T& v : out)
        v = static_cast<T>(storedNumber(static_cast<std::uint16_t>(v), layout));
      return {};
    }
  }
  std::vector<std::byte> cells(out.size() * cell);
  SPONDYL_CHECK(decodeCells(header, cells));
  for (std::size_t k = 0; k < out.size(); ++k) {
    const std::int64_t stored = storedNumber(wordAt(cells, k, cell), layout);
    out[k] = rule.applyOwn ? static_cast<T>(ownValue(header, stored)) : static_cast<T>(stored);
  }
  return {};
}

template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<std::int16_t>);
template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<std::uint16_t>);
template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<float>);
template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<double>);

} // namespace spondyl::dicom

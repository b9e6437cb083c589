#include "core/dicom/seg_bits.h"

namespace spondyl::dicom {

void packFrame(std::span<const std::uint16_t> numbers, std::uint16_t number, std::size_t frame,
               std::span<std::uint8_t> stream) {
  const std::size_t voxels = numbers.size(), first = frame * voxels;
  const unsigned shift = static_cast<unsigned>(first % 8);
  std::size_t byte = first / 8;
  std::size_t v = 0;
  for (; v + 8 <= voxels; v += 8, ++byte) {
    unsigned eight = 0;
    for (unsigned b = 0; b < 8; ++b)
      eight |= static_cast<unsigned>(numbers[v + b] == number) << b;
    if (!eight)
      continue;
    stream[byte] = static_cast<std::uint8_t>(stream[byte] | (eight << shift));
    if (shift)
      stream[byte + 1] = static_cast<std::uint8_t>(stream[byte + 1] | (eight >> (8 - shift)));
  }
  for (; v < voxels; ++v)
    if (numbers[v] == number) {
      const std::size_t bit = first + v;
      stream[bit / 8] = static_cast<std::uint8_t>(stream[bit / 8] | (1u << (bit % 8)));
    }
}

} // namespace spondyl::dicom

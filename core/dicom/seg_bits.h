#pragma once
// The bits of binary segmentation frames: frame f begins at bit f x voxels, without padding, lowest bit
// first.

#include <cstdint>
#include <span>
#include <vector>

namespace spondyl::dicom {

/// Sets the bits of one frame where `numbers` equals `number`; `stream` is zero there before.
void packFrame(std::span<const std::uint16_t> numbers, std::uint16_t number, std::size_t frame,
               std::span<std::uint8_t> stream);

/// Calls set(v) for each voxel v whose bit is on. The stream must hold the whole frame.
template <class F>
void unpackFrame(std::span<const std::uint8_t> stream, std::size_t frame, std::size_t voxels, F&& set) {
  const std::size_t first = frame * voxels;
  for (std::size_t v = 0; v < voxels;) {
    const std::size_t bit = first + v;
    // Whole empty bytes are most of a mask.
    if (bit % 8 == 0 && v + 8 <= voxels && stream[bit / 8] == 0) {
      v += 8;
      continue;
    }
    if ((stream[bit / 8] >> (bit % 8)) & 1u)
      set(v);
    ++v;
  }
}

} // namespace spondyl::dicom

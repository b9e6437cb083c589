#pragma once
// What the sliding window needs of a network: plain numbers in, plain numbers out.

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <span>

namespace spondyl::inference {

/// z, y, x; x fastest.
using Shape = std::array<int, 3>;
inline std::size_t voxelCount(const Shape& s) {
  return std::size_t(s[0]) * std::size_t(s[1]) * std::size_t(s[2]);
}

class Network {
 public:
  virtual ~Network() = default;
  virtual int channels() const = 0;
  /// `window`: normalised values of one window. The answer has channels() times as many, channel by channel,
  /// and is good until the next call. Errors: ModelDamaged (threw, wrong shape), OutOfMemory.
  virtual Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) = 0;
};

} // namespace spondyl::inference

#pragma once
// From an image's own grid to the tensor of a network that gives label maps, and back. Such networks learned
// on arrays as files hold them: axes are swapped and turned round, never rotated, so that oblique, sheared
// and left-handed stacks go in as acquired. The interpolations are nnU-Net's, checked against it to 1e-5
// (tests/inference/parity).

#include "core/image/volume.h"
#include "inference/engine/network.h"
#include "inference/protocol/model_package.h"

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace spondyl::inference {

/// Tensor axis a runs along axis input[a] of the image (0 i, 1 j, 2 k), backwards where turned[a].
struct TensorAxes {
  std::array<int, 3> input{2, 1, 0};
  std::array<bool, 3> turned{};
};
/// The axes of `grid` that lie nearest to the directions that a card asks for.
TensorAxes tensorAxesFor(const Grid& grid, const std::array<char, 3>& axes);

struct TensorField {
  Shape size{};
  std::array<double, 3> spacingMm{};
  std::vector<float> values;
};
/// Values in the tensor's order; NaN at the volume's padding and where it holds no number.
TensorField tensorFieldOf(const Volume& volume, const TensorAxes& axes);

/// Box [low, high) of what is neither zero nor NaN; the whole if there is nothing.
struct TensorBox {
  Shape low{}, high{};
};
TensorBox nonzeroBox(const TensorField& field);
TensorField cut(const TensorField& field, const TensorBox& box);

/// Voxels along each axis that such a field has at another spacing.
Shape sizeAt(const TensorField& field, const std::array<double, 3>& spacingMm);
/// The axis along which nnU-Net takes the nearest slice instead of interpolating: the thick one, where one
/// spacing is more than three times another.
std::optional<std::size_t> thickAxis(const std::array<double, 3>& from, const std::array<double, 3>& to);

/// The field with `size` voxels over the same extent; `likeNnUnet`: by cubic splines, clipped to the values
/// that there are, else linear.
TensorField resized(TensorField field, const Shape& size, bool likeNnUnet,
                    const std::optional<std::size_t>& thick);

/// The winning channel of a network's output on a finer or coarser grid: scores are interpolated linearly,
/// then compared. Slices are taken one by one, so that the scores of two are held at a time.
class WinnerMap {
 public:
  WinnerMap(int channels, const Shape& from, const Shape& to, const std::optional<std::size_t>& thick);
  /// Slices 0, 1, ...: channels x size[1] x size[2].
  void take(int slice, std::span<const float> scores);
  std::vector<std::uint16_t> finish() && { return std::move(m_winners); }

 private:
  struct Tap { ///< low + part * (high - low)
    int low = 0, high = 0;
    float part = 0;
  };
  static std::vector<Tap> taps(int from, int to, bool nearest);
  void decide(int slice, std::span<const float> low, std::span<const float> high);

  std::size_t m_channels;
  Shape m_from, m_to;
  std::array<std::vector<Tap>, 3> m_taps;
  int m_next = 0; ///< first slice that is not decided
  std::vector<float> m_before;
  std::vector<std::uint16_t> m_winners;
};

} // namespace spondyl::inference

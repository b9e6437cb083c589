#pragma once
// Runs a network over a field larger than one window. Windows overlap and are blended with Gaussian weights;
// what is done leaves slice by slice, so that only one row of windows is held in memory.

#include "core/base/progress.h"
#include "inference/engine/network.h"

#include <functional>
#include <vector>

namespace spondyl::inference {

struct WindowPlan {
  Shape window{};                         ///< the same for all
  std::array<std::vector<int>, 3> starts; ///< along z, y, x; the last window may reach beyond the field
  std::size_t windows() const { return starts[0].size() * starts[1].size() * starts[2].size(); }
};

struct WindowOptions {
  double overlap = 0.25;    ///< least share of a window that its neighbour covers too
  float outside = 0;        ///< value beyond the field
  float skipBelow = -1e30f; ///< a window with no value above it is not computed
  /// How others weigh a window, for results equal to theirs. nnU-Net's maximum lies half a voxel behind the
  /// middle; MONAI's weights are at least 0.001 of the maximum.
  double centreShift = 0;
  float leastWeight = 0;
};

/// Voxels that a window may have at most: keeps one step below a second on two cores, and memory below 2 GiB.
constexpr std::size_t windowVoxelLimit = 1'800'000;
/// Where memory is short, windows are made smaller down to this; below it the overlaps cost more than all
/// else.
constexpr std::size_t leastWindowVoxels = 200'000;

/// The plan with least work: one window over the whole field if it is small enough, else the best of a few
/// dozen shapes whose sides are multiples of `multiple` and no smaller than the smallest side of `tried`
/// (what the network's card names), as far as the field goes.
/// A smaller `limit` (voxels of a window) needs less memory and more time; the smallest shape is taken in any
/// case.
WindowPlan planWindows(const Shape& field, std::span<const Shape> tried, int multiple, double overlap,
                       std::size_t limit = windowVoxelLimit);

/// One finished slice: channels x y x x. Where no window was computed channel 0 is 1 and all others 0.
using SliceSink = std::function<void(int z, std::span<const float> values)>;

/// `field` holds normalised values. Progress from 0 to 1 and a look at the stop for every window.
/// Errors: Cancelled, ModelDamaged (also: a value that is no number), OutOfMemory.
Status slideOver(Network& network, std::span<const float> field, const Shape& size, const WindowPlan& plan,
                 const WindowOptions& options, const JobContext& job, const SliceSink& sink);

} // namespace spondyl::inference

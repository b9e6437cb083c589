#pragma once
// What loading a stack gives, and how the caller sees it early.

#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/study/warning.h"

#include <functional>

namespace spondyl {

struct LoadedVolume {
  VolumePtr volume;
  std::vector<Warning> warnings; ///< the stack's, and what only the voxels showed
};

struct LoadOptions {
  bool acceptSingleSlice =
      false; ///< a lone slice becomes a volume of one; its step is the stated thickness, else 1 mm
  /// Called once, from the loading thread, when the middle slice is ready: keep a copy of the builder, ask
  /// its isReady(k), show its preview(). Not called for stacks that must be resampled.
  std::function<void(const VolumeBuilder&)> onMiddleSlice;
  /// A radiograph becomes a volume of one slice on the grid of its own plane: the caller shows its
  /// calibration and orientation, and mm only where there are any.
  bool acceptRadiograph = false;
};

} // namespace spondyl

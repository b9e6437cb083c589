#pragma once
// Smooth surfaces from masks: cropped, blurred, subsampled, contoured.

#include "viewer/scene/mesh.h"

#include "core/base/progress.h"

#include <functional>

namespace spondyl::viewer {

/// A box of voxels of a grid and which of them belong to the thing: 0 or 1, i fastest.
struct Mask {
  Grid grid;
  IndexBox box;
  std::vector<std::uint8_t> inside;
};

/// The mask's surface. `blurMm`: standard deviation of the smoothing (at least 0.85 voxel per axis);
/// `cellMm`: wanted size of the contour's cells.
Mesh surfaceOfMask(const Mask& mask, double blurMm, double cellMm);

/// Surface where a volume passes a rescaled value, on cells of about `cellMm`: bone before anything is
/// labelled.
Mesh surfaceOfVolume(const Volume& volume, double value, double cellMm);

} // namespace spondyl::viewer

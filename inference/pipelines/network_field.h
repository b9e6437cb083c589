#pragma once
// What scalar maps have in common: the network's input over a box, and the way back to the input's grid.

#include "core/base/progress.h"
#include "core/image/label_map.h"
#include "inference/pipelines/resample.h"
#include "inference/protocol/scalar_map.h"

namespace spondyl::inference {

/// The network's input over the whole volume, as segmentation sees it. Errors: Cancelled, OutOfMemory.
Result<CroppedField> networkField(const Volume& volume, const ModelCard& card, const std::stop_token& stop);
/// The voxels of `grid` (LPS-aligned) whose centres lie within a box; empty if there are none.
IndexBox voxelsIn(const Grid& grid, const BoxLps& box);
/// Wider by so many voxels on each side, as far as the grid goes.
IndexBox widened(IndexBox box, int voxels, GridSize limit);
/// That part of a field; `box` must lie within it.
Result<CroppedField> partOf(const CroppedField& whole, const IndexBox& box);
/// From the outer edges of the first to those of the last voxel.
BoxLps edgesOf(const Grid& grid);

/// `values` (0 to 1, by z, y, x of the LPS-aligned `from`) at the voxels of `grid`: trilinear, held to the
/// outermost centres, and 0 beyond the edges of `from`. Returns the largest value written.
double writeOnGrid(const Grid& from, std::span<const float> values, const Grid& grid,
                   std::span<std::uint16_t> out);

} // namespace spondyl::inference

#pragma once
// Samples a volume or a label map on rows that each lie where they want: curved pictures. No Qt.

#include "viewer/slice/reslice.h"

namespace spondyl::viewer {

/// One row of a curved picture: its first sample, the way to the next one, and where a slab goes.
struct SampleLine {
  PointLps start;
  VectorLps step, normal;
};

/// Stored values by row, as reslice(); a slab of `slab.thicknessMm` along each row's own normal.
std::vector<float> resliceLines(const Volume& volume, const std::vector<SampleLine>& lines, int width,
                                Interpolation interpolation, const Slab& slab = {});
/// Structure ids by row, nearest voxel; 0 outside.
std::vector<std::uint16_t> resliceLabelLines(const LabelMap& map, const std::vector<SampleLine>& lines,
                                             int width);

} // namespace spondyl::viewer

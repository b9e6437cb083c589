#pragma once
// Samples a volume or a label map on a raster of any orientation. No Qt: numbers in, numbers out.

#include "core/geometry/plane.h"
#include "core/image/label_map.h"
#include "core/image/volume.h"
#include "viewer/state/view_state.h"

#include <cmath>
#include <vector>

namespace spondyl::viewer {

/// Points of a picture: `origin` is the centre of its first sample, steps in mm of patient space.
struct Raster {
  PointLps origin;
  VectorLps stepColumn, stepRow;
  int width = 0, height = 0;
  PointLps at(int column, int row) const { return origin + stepColumn * column + stepRow * row; }
  std::size_t count() const { return std::size_t(width) * std::size_t(height); }
  bool operator==(const Raster&) const = default;
};

enum class Interpolation : unsigned char { Nearest, Linear };

struct Slab {
  double thicknessMm = 0; ///< 0: one plane
  SlabMode mode = SlabMode::Mean;
  VectorLps normal{0, 0, 1};
  bool operator==(const Slab&) const = default;
};

/// Stored values (not rescaled) by raster row; NaN outside the volume. The volume ends half a voxel outside
/// its outermost centres; between there and the centres the edge value holds.
std::vector<float> reslice(const Volume& volume, const Raster& raster, Interpolation interpolation,
                           const Slab& slab = {});

/// Structure ids by raster row, nearest voxel; 0 outside.
std::vector<std::uint16_t> resliceLabels(const LabelMap& map, const Raster& raster);

/// One row of a raster in a grid's index space. `nearest` is the voxel that a sample of a label map shows; it
/// may lie outside the grid.
struct RasterRow {
  PointIjk start, step;
  RasterRow(const Grid& grid, PointLps first, VectorLps stepColumn)
      : start(grid.toIjk(first)), step(grid.directionToIjk(stepColumn)) {}
  RasterRow(const Grid& grid, const Raster& raster, int row)
      : RasterRow(grid, raster.at(0, row), raster.stepColumn) {}
  IndexIjk nearest(int column) const {
    return {int(std::floor(start.i + column * step.i + 0.5)),
            int(std::floor(start.j + column * step.j + 0.5)),
            int(std::floor(start.k + column * step.k + 0.5))};
  }
};

/// The same for a part of the raster's rows and columns, written into `out` (count() long): dirty rectangles.
struct RasterRect {
  int column = 0, row = 0, width = 0, height = 0;
};
void resliceLabelsInto(const LabelMap& map, const Raster& raster, RasterRect part,
                       std::vector<std::uint16_t>& out);

/// Grey 0 to 255 of stored values under a window; NaN is 0 (black, also when inverted).
void applyWindow(const std::vector<float>& stored, Rescale rescale, const Windowing& windowing,
                 std::vector<std::uint8_t>& grey);

} // namespace spondyl::viewer

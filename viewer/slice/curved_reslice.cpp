#include "viewer/slice/curved_reslice.h"

#include "core/base/parallel.h"
#include "viewer/slice/sample_row.h"

namespace spondyl::viewer {

using namespace detail;

std::vector<float> resliceLines(const Volume& volume, const std::vector<SampleLine>& lines, int width,
                                Interpolation interpolation, const Slab& slab) {
  std::vector<float> out(lines.size() * std::size_t(width));
  return visitVoxels(volume, [&](auto voxels) {
    const auto source = sourceOf(voxels, volume.size());
    const SlabMode mode = storedMode(slab.mode, volume.rescale());
    parallelFor(lines.size(), rowsPerPiece, [&](std::size_t begin, std::size_t end) {
      SlabRow row(source, volume.grid(), width, interpolation, mode);
      for (std::size_t r = begin; r < end; ++r) {
        const SampleLine& line = lines[r];
        float* to = out.data() + r * std::size_t(width);
        if (slab.thicknessMm > 0)
          row.sample(line.start, line.step, line.normal,
                     slabOffsets(volume.grid(), {slab.thicknessMm, mode, line.normal}), to);
        else
          sampleRow(source, RasterRow(volume.grid(), line.start, line.step), width, interpolation, to);
      }
    });
    return std::move(out);
  });
}

std::vector<std::uint16_t> resliceLabelLines(const LabelMap& map, const std::vector<SampleLine>& lines,
                                             int width) {
  std::vector<std::uint16_t> out(lines.size() * std::size_t(width), 0);
  const Grid& grid = map.grid();
  if (map.bricks().empty())
    return out;
  parallelFor(lines.size(), rowsPerPiece, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const RasterRow row(grid, lines[r].start, lines[r].step);
      int first = 0, last = width;
      clip(row.start.i, row.step.i, -halfVoxel, grid.size().i - 1 + halfVoxel, first, last);
      clip(row.start.j, row.step.j, -halfVoxel, grid.size().j - 1 + halfVoxel, first, last);
      clip(row.start.k, row.step.k, -halfVoxel, grid.size().k - 1 + halfVoxel, first, last);
      for (int c = first; c < last; ++c) {
        const IndexIjk at = row.nearest(c);
        if (grid.contains(at))
          out[r * std::size_t(width) + std::size_t(c)] = map.at(at).value;
      }
    }
  });
  return out;
}

} // namespace spondyl::viewer

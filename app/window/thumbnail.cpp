#include "app/window/thumbnail.h"

#include "core/formats/open.h"
#include "viewer/slice/reslice.h"
#include "viewer/state/windowing.h"

#include <algorithm>
#include <cmath>

namespace spondyl::app {
namespace {

constexpr int largest = 288; // pixels along the longer side: sharp at 2x

QImage picture(const Volume& volume, const viewer::Raster& raster, const viewer::Windowing& windowing) {
  std::vector<std::uint8_t> grey;
  viewer::applyWindow(viewer::reslice(volume, raster, viewer::Interpolation::Linear), volume.rescale(),
                      windowing, grey);
  QImage image(raster.width, raster.height, QImage::Format_Grayscale8);
  for (int row = 0; row < raster.height; ++row)
    std::copy_n(grey.begin() + std::ptrdiff_t(row) * raster.width, raster.width, image.scanLine(row));
  return image;
}

/// A raster over a box of `widthMm` by `heightMm` around a point.
viewer::Raster rasterOver(PointLps centre, VectorLps right, VectorLps down, double widthMm, double heightMm) {
  const double step = std::max(widthMm, heightMm) / largest;
  viewer::Raster raster;
  raster.width = std::max(1, int(std::lround(widthMm / step)));
  raster.height = std::max(1, int(std::lround(heightMm / step)));
  raster.stepColumn = right * step;
  raster.stepRow = down * step;
  raster.origin =
      centre - raster.stepColumn * (0.5 * (raster.width - 1)) - raster.stepRow * (0.5 * (raster.height - 1));
  return raster;
}

} // namespace

QImage thumbnailOf(const Series& series, int stack, const VolumePtr& volume) {
  const Grid& grid = volume->grid();
  const Plane plane = viewer::radiographOf(series, stack)
                          ? Plane{grid.centre(), normalized(grid.stepI()), normalized(grid.stepJ())}
                          : sagittalPlane(grid.centre());
  double right = 0, down = 0;
  for (const PointLps corner : volume->grid().corners()) {
    right = std::max(right, std::fabs(plane.rightOf(corner)));
    down = std::max(down, std::fabs(plane.downOf(corner)));
  }
  return picture(*volume, rasterOver(plane.origin, plane.right, plane.down, 2 * right, 2 * down),
                 viewer::defaultWindowing(series, *volume, stack));
}

Result<QImage> readThumbnail(const Series& series, std::size_t stack, const JobContext& job) {
  std::stop_source enough;
  const std::stop_callback passOn(job.stop, [&] { enough.request_stop(); });
  QImage made;
  const auto make = [&](const Volume& volume) {
    const Grid& grid = volume.grid();
    const auto spacing = grid.spacing();
    const PointLps centre =
        grid.toLps(PointIjk{(grid.size().i - 1) / 2.0, (grid.size().j - 1) / 2.0, double(grid.size().k / 2)});
    made = picture(volume,
                   rasterOver(centre, normalized(grid.stepI()), normalized(grid.stepJ()),
                              spacing[0] * grid.size().i, spacing[1] * grid.size().j),
                   viewer::isCt(series, volume) ? viewer::ctPresets()[1].windowing
                                                : viewer::fileWindowing(series, volume, int(stack)));
  };
  LoadOptions options;
  options.acceptRadiograph = true;
  options.onMiddleSlice = [&](const VolumeBuilder& builder) {
    make(builder.peek());
    enough.request_stop();
  };
  JobContext inner;
  inner.stop = enough.get_token();
  const Result<LoadedVolume> loaded = loadVolume(series, stack, inner, options);
  if (made.isNull() && loaded)
    make(*loaded->volume);
  if (made.isNull())
    return loaded ? fail(ErrorCode::Internal, {"no picture"}, "readThumbnail") : loaded.error();
  return made;
}

} // namespace spondyl::app

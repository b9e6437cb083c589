#pragma once
// What plane and curved pictures have in common. Inside viewer/slice alone.

#include "viewer/slice/annotations.h"
#include "viewer/slice/curved_reslice.h"
#include "viewer/slice/label_paint.h"

namespace spondyl::viewer::detail {

struct DeviceSize {
  int width, height;
};
DeviceSize deviceSize(const SliceInput& input);
/// Of the axis that changes fastest.
double voxelsPerMm(const Grid& grid, VectorLps direction);
/// Means of n × n samples of a picture that is `width` samples wide; NaN only where all are.
std::vector<float> averageDown(const std::vector<float>& fine, int width, int n);
/// Grey values onto an RGB32 picture of the same size.
void fillGrey(QImage& picture, const std::vector<std::uint8_t>& grey);
/// The name of a vertebra at a place in logical pixels, in its colour.
LevelTag levelTag(const SliceInput& input, InstanceId instance, QPointF at);
constexpr double smallestName = 120; ///< logical pixels of area that a vertebra needs to be named

/// What a curved picture was sampled from last: windowing alone does not sample the volume again.
struct CurvedCache {
  VolumePtr volume;
  std::uint64_t revision = 0;
  CurvedGeometry geometry;
  Interpolation interpolation = Interpolation::Nearest;
  Slab slab;
  double devicePixelRatio = 0;
  std::vector<float> stored;
};
/// RGB32 with everything drawn on it.
QImage renderCurved(const SliceInput& input, CurvedCache& cache);

} // namespace spondyl::viewer::detail

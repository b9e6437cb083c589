#pragma once
// A crop aligned with one vertebra, from any grid (oblique, sheared, left-handed, anisotropic): the same view
// of every vertebra, whatever the patient's pose. Left stays left: the crop's x runs to the patient's left, y
// to posterior, z to superior, along the vertebra's own axes.

#include "core/image/volume.h"
#include "inference/engine/network.h"
#include "inference/protocol/segmentation.h"

#include <span>
#include <vector>

namespace spondyl::inference {

/// Right-handed axes of unit length; origin: centroid of the body.
struct LevelFrame {
  PointLps origin;
  VectorLps left{1, 0, 0}, posterior{0, 1, 0}, superior{0, 0, 1};
};

/// Continuous voxel of a crop; centres at whole numbers.
struct CropPoint {
  double z = 0, y = 0, x = 0;
};

/// Size and place of a crop round its vertebra. The default holds the largest body with the end plates of its
/// neighbours and its spinous process: 28 mm forwards, 79 mm backwards, 27 mm up, 44 mm down, 35 mm to the
/// sides.
struct CropShape {
  Shape size{48, 72, 48}; ///< z, y, x
  CropPoint origin{29.5, 19.5, 23.5};
  double spacingMm = 1.5;
};

struct LevelCrop {
  LevelFrame frame;
  CropShape shape;

  PointLps toLps(CropPoint p) const;
  CropPoint toCrop(PointLps p) const;
};

/// Up: along the chain of centroids; back: to the posterior elements, else the patient's back. Their tilt is
/// the vertebra's to some degrees, which is what crops need.
LevelFrame levelFrame(PointLps body, VectorLps up, VectorLps towardsPosterior);

/// A vertebra as the segmentation's label map shows it.
struct LabelledLevel {
  int place = 0;                         ///< ResultVertebra::place
  std::uint16_t body = 0, posterior = 0; ///< labels; 0: none
  LevelFrame frame;
};
/// Those of the result with a body of their own (not C1, not the sacrum) in `labels` (on `grid`), from above.
std::vector<LabelledLevel> labelledLevels(const SegmentResult& result, std::span<const std::uint16_t> labels,
                                          const Grid& grid);

/// z, y, x; trilinear; averaged where the volume is finer than the crop. NaN beyond the field and at padding.
std::vector<float> cropImage(const Volume& volume, const LevelCrop& crop);
/// Trilinear share of the vertebra's labels: body 1, posterior elements `posteriorValue`.
std::vector<float> cropMask(std::span<const std::uint16_t> labels, const Grid& grid,
                            const LabelledLevel& level, double posteriorValue, const LevelCrop& crop);

} // namespace spondyl::inference

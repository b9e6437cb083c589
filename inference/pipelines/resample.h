#pragma once
// From any grid (oblique, sheared, left-handed, anisotropic) to the network's own and its values.

#include "core/image/volume.h"
#include "inference/engine/network.h"
#include "inference/protocol/model_package.h"

#include <span>
#include <stop_token>
#include <vector>

namespace spondyl::inference {

/// Axis-aligned LPS grid of cubic voxels over the whole field of `input`; they share their lower edges.
Result<Grid> networkGrid(const Grid& input, double spacingMm);
/// z, y, x of a grid.
inline Shape shapeOf(const Grid& grid) {
  return {grid.size().k, grid.size().j, grid.size().i};
}

/// Values of `volume` on `grid`, smoothed where that is coarser; `paddingValue` at its padding, NaN beyond
/// its field. Errors: Cancelled, OutOfMemory.
Result<std::vector<float>> resampleForNetwork(const Volume& volume, const Grid& grid, double paddingValue,
                                              const std::stop_token& stop);

/// What a card asks for such values. With percentiles they are those of the values that are not NaN.
Normalisation normalisationOf(const ModelCard& card, std::span<const float> values);
/// The network's input where nothing was acquired.
float outsideInput(const ModelCard& card);
/// Values to the network's input in place, NaN to `outside`.
void normaliseAll(std::span<float> values, const Normalisation& normalisation, float outside);

/// The part of a field that holds values above `limit`, `margin` voxels wider; the whole if there are none.
struct CroppedField {
  Grid grid;
  std::vector<float> values;
};
CroppedField cropped(const Grid& grid, std::vector<float> values, float limit, int margin);

/// A value as the network sees it.
float normalised(double value, const Normalisation& normalisation);

} // namespace spondyl::inference

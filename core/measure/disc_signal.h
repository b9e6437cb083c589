#pragma once
// How bright a disc's nucleus is on T2-weighted MR, relative to the fluid beside it.

#include "core/image/volume.h"

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace spondyl {

/// Mid-sagittal points of the two end plates, LPS mm.
struct DiscPlace {
  PointLps upperAnterior, upperMiddle, upperPosterior, lowerAnterior, lowerMiddle, lowerPosterior;
};

struct DiscSignal {
  std::optional<double> ratio;   ///< nucleus / fluid, 1
  double nucleus = 0, fluid = 0; ///< the nucleus as bright as it were at the fluid's distance from the coil
  PointLps centre;               ///< of the nucleus' region
  std::string whyMissing;        ///< if there is no ratio
  bool isConfirmed = false;      ///< a person has confirmed the canal that the fluid was found in
};

/// Mean signal in an ellipsoid in the middle of the disc (half its depth, 12 mm wide, 0.6 of its height) over
/// the mean of the brightest quarter of the fluid within 12 mm behind the disc's level and 6 mm of its
/// sagittal plane: nerve roots and the fat beside the sac are darker. Both lie on the same slices. A surface
/// coil makes what is nearer to the back brighter: its fall-off along the disc's depth is read from the
/// marrow of the two bodies, taken to be even, and corrected. `isFluid`: inside the spinal canal and not
/// cord. `marrow`: points in each of the two bodies; without enough of them there is no ratio.
DiscSignal discSignal(const Volume& image, const DiscPlace& place,
                      const std::function<bool(PointLps)>& isFluid,
                      const std::array<std::span<const PointLps>, 2>& marrow);

} // namespace spondyl

#pragma once
// A map of numbers over the slices (uncertainty, saliency), and how its values become colours.

#include "core/image/volume.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace spondyl::viewer {

enum class ScalarKind : unsigned char { Uncertainty, Saliency };

/// Values 0 (nothing, transparent) to `top` (the end of the colour scale). The map lies in patient space on a
/// grid of its own, which need not be that of the volume in view.
struct ScalarOverlay {
  ScalarKind kind = ScalarKind::Uncertainty;
  VolumePtr map;
  double top = 1;
  std::string subject; ///< saliency: whose probability falls, "L3"
};
using ScalarOverlayPtr = std::shared_ptr<const ScalarOverlay>;

/// The whole scale of entropy, so that pictures compare; saliency ends at the next 0.05 above `maximum`.
double scaleTop(ScalarKind kind, double maximum);
/// "Uncertainty", "Saliency: L3".
std::string scalarTitle(const ScalarOverlay& overlay);
/// What the numbers are: "entropy of the network's classes, 0 to 1".
std::string scalarUnit(const ScalarOverlay& overlay);

struct ScalarColour {
  std::uint8_t r = 0, g = 0, b = 0;
  float alpha = 0; ///< before the overlay's own opacity; 0 at the scale's beginning
};
constexpr int scalarColours = 256;
/// From the scale's beginning to its end. Lightness grows evenly, from dark violet over red to yellow: the
/// middle of matplotlib's "inferno", readable with any colour vision and in grey. Not pure white at its end,
/// which would be taken for bone.
const std::array<ScalarColour, scalarColours>& scalarTable();

} // namespace spondyl::viewer

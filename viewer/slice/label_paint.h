#pragma once
// Structures over the grey picture: fill, outline, dashes for what is only proposed, hatching for what is
// uncertain.

#include "viewer/state/slice_geometry.h"

#include <QImage>

namespace spondyl::viewer {

struct LabelStyle {
  std::uint8_t r = 0, g = 0, b = 0;
  std::uint8_t fill = 0;    ///< 0: none
  std::uint8_t outline = 0; ///< 0: none
  bool dashed = false, hatched = false;
  std::uint16_t group = 0; ///< parts of one vertebra have one outline; 0: not drawn
  bool operator==(const LabelStyle&) const = default;
};

/// By structure id. Structures outside `state`'s visibility have group 0.
std::vector<LabelStyle> labelStyles(const EffectiveCase& shown, const ViewState& state);

/// Blends one plane of ids (device pixels, as `picture`) onto an RGB32 picture. `outlinePixels` in device
/// pixels.
void paintLabels(QImage& picture, const std::vector<std::uint16_t>& ids,
                 const std::vector<LabelStyle>& styles, int outlinePixels);

/// Where each instance's body (else all of it) lies in the plane: for its name. Device pixels.
struct LabelCentroid {
  InstanceId instance;
  double x = 0, y = 0;
  std::size_t pixels = 0;
};
std::vector<LabelCentroid> labelCentroids(const std::vector<std::uint16_t>& ids, int width,
                                          const EffectiveCase& shown, const std::vector<LabelStyle>& styles);

} // namespace spondyl::viewer

#pragma once
// What is drawn over a slice besides the picture and the labels: a tool's preview, measurement lines,
// landmarks. Plain values in patient space; the slice view projects and draws them.

#include "core/case/case.h"
#include "core/edit/edit.h"
#include "core/geometry/frames.h"

#include <optional>
#include <string>
#include <vector>

namespace spondyl::viewer {

enum class OverlayColour : unsigned char { Accent, Measure, Attention, Landmark, Erase };

struct OverlayLine {
  std::vector<PointLps> points;
  OverlayColour colour = OverlayColour::Measure;
  bool endTicks = false; ///< short strokes across both ends
  bool dashed = false;
  bool closed = false;
  bool arrow = false; ///< a head at the last point
  std::string text;   ///< value chip beside the line's middle
};
struct OverlayHandle {
  PointLps at;
  OverlayColour colour = OverlayColour::Landmark;
  bool active = false;
  std::string text;
  bool wordsAlone = false; ///< no ring
};
/// A circle in the plane of the view: the brush under the pointer.
struct OverlayRing {
  PointLps centre;
  double radiusMm = 1;
  OverlayColour colour = OverlayColour::Accent;
};

struct Overlay {
  std::vector<OverlayLine> lines;
  std::vector<OverlayHandle> handles;
  std::vector<OverlayRing> rings;
  std::optional<PaintStroke> stroke; ///< a brush stroke in progress, shown as the voxels that it would change
  std::string message;               ///< beside the pointer: why a tool cannot act, or the value at hand
  std::optional<PointLps> messageAt;
  double toleranceMm = 3; ///< handles and lines farther from the plane than this are not drawn
  bool empty() const {
    return lines.empty() && handles.empty() && rings.empty() && !stroke && message.empty();
  }
};

/// Landmarks as handles: those of one vertebra, or with none all; the vertebra's own names
/// ("superior.anterior") only where one is chosen.
std::vector<OverlayHandle> landmarkHandles(const EffectiveCase& shown, InstanceId instance);

} // namespace spondyl::viewer

#include "viewer/state/overlay.h"

namespace spondyl::viewer {

std::vector<OverlayHandle> landmarkHandles(const EffectiveCase& shown, InstanceId instance) {
  std::vector<OverlayHandle> out;
  for (const Landmark& l : shown.landmarks) {
    if (l.state == ItemState::Rejected || (instance && l.instance != instance))
      continue;
    OverlayHandle handle;
    handle.at = l.position;
    handle.colour = l.state == ItemState::Proposed ? OverlayColour::Attention : OverlayColour::Landmark;
    if (instance)
      handle.text = l.site;
    out.push_back(std::move(handle));
  }
  return out;
}

} // namespace spondyl::viewer

#pragma once
// What the pointer did in a view, without Qt: the input of the tools.

#include "viewer/state/slice_geometry.h"

namespace spondyl::viewer {

enum class PointerPhase : unsigned char { Hover, Press, Drag, Release, Cancel, Wheel, DoubleClick, Leave };
enum class PointerButton : unsigned char { None, Left, Middle, Right };

struct PointerEvent {
  PointerPhase phase = PointerPhase::Hover;
  ViewKind view = ViewKind::Axial;
  ScreenPoint at;                             ///< logical pixels in the view
  PointerButton button = PointerButton::None; ///< the one that is or was held
  bool shift = false, control = false, alt = false;
  double wheelSteps = 0;  ///< notches, away from the hand positive
  SliceGeometry geometry; ///< of the view at that moment (not for Scene3d)
  PointLps lps;           ///< where `at` lies on the view's plane
  bool curved = false;    ///< a curved view: `lps` lies on its sheet, `geometry` is flat around the pointer
  Plane section;          ///< of a curved view: perpendicular to the centre line, through `lps`
  InstanceId picked;      ///< Scene3d: the vertebra under the pointer
};

} // namespace spondyl::viewer

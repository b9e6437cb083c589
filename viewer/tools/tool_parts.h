#pragma once
// The tools' reducers, called by handle().

#include "viewer/tools/tool.h"

namespace spondyl::viewer::detail {

constexpr double dragSlop = 3;    ///< px: below, a press and release are a click
constexpr double hitRadius = 9;   ///< px
constexpr double nearPlaneMm = 3; ///< landmarks farther from the plane are not shown and not caught

void navigate(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);
void wheel(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);
void scene(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);
void paint(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);
void split(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);
void pick(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);
void landmark(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);
void marks(ToolOutcome& out, const PointerEvent& e, const ToolContext& c);

void begin(ToolOutcome& out, Gesture::Kind kind, const PointerEvent& e, const ToolContext& c);
void end(ToolOutcome& out);
bool movedFar(const PointerEvent& press, const PointerEvent& now);
std::string instanceName(const ToolContext& c, InstanceId instance);
/// A message beside the pointer.
void say(ToolOutcome& out, const PointerEvent& e, std::string text);

} // namespace spondyl::viewer::detail

#pragma once
// What the pointer does. A tool is a pure function of (its state, the event, what is there) to (its next
// state, where one looks, a preview, and at most one Edit when a gesture ends). Esc ends a gesture without an
// Edit.

#include "core/edit/edit.h"
#include "viewer/state/overlay.h"
#include "viewer/state/pointer_event.h"

#include <optional>
#include <string>
#include <variant>

namespace spondyl::viewer {

enum class ToolKind : unsigned char {
  Crosshair,
  Pan,
  Zoom,
  Window,
  Brush,
  Eraser,
  Split,
  Delete,
  Merge,
  Landmark,
  Distance
};
/// "crosshair", "brush" …: stable, also the icon's name (resources/icons/NAME.svg).
std::string toolName(ToolKind tool);
/// A name for people: "Brush".
std::string toolTitle(ToolKind tool);

struct ToolSettings {
  Mm brushRadius{5};
  BrushShape shape = BrushShape::Sphere;
  EditInside inside = EditInside::Anything;
  StructureId
      target; ///< what the brush paints; none: what lies under the pointer, else the selected vertebra
};

/// What a tool may look at. All pointers outlive the call; `volume` and `shown` may be none.
struct ToolContext {
  const Volume* volume = nullptr;
  const Case* document = nullptr;
  const EffectiveCase* shown = nullptr;
  ViewState view;
  ToolSettings settings;
};

enum class CursorShape : unsigned char { Arrow, Cross, Move, Zoom, Window, Pick, Forbidden, Hidden, Rotate };

/// A gesture that is going on. `start` is what was there when it began: drags are computed from the whole
/// way.
struct Gesture {
  enum class Kind : unsigned char {
    None,
    Navigate,
    Pan,
    Zoom,
    Window,
    Orbit,
    Stroke,
    Line,
    Landmark,
    Pick
  } kind = Kind::None;
  PointerEvent press;
  ViewState start;
  bool moved = false;
  std::optional<PaintStroke> stroke;
  PointLps from, to;   ///< Line, Landmark
  InstanceId instance; ///< Landmark, Pick
  std::string site;    ///< Landmark
};

struct ToolState {
  ToolKind active = ToolKind::Crosshair;
  Gesture gesture;
  InstanceId mergeInto;                ///< Merge: the vertebra that was chosen first
  std::optional<OverlayLine> measured; ///< Distance: the last line, until the next one or Esc
};

struct ToolOutcome {
  ToolState tool;
  ViewState view;
  Overlay preview;
  std::optional<Edit> edit;
  CursorShape cursor = CursorShape::Cross;
  bool toggleMaximised = false; ///< double click
};

ToolOutcome handle(const ToolState& tool, const PointerEvent& event, const ToolContext& context);
/// Chooses another tool: ends the gesture.
ToolState chosen(ToolKind kind);

/// The structure at a point in the layers shown, topmost layer of `kinds` first; none if there is none.
const Structure* structureAt(const ToolContext& context, PointLps p);

} // namespace spondyl::viewer

#pragma once
// What the pointer does. A tool is a pure function of (its state, the event, what is there) to (its next
// state, where one looks, a preview, and at most one Edit when a gesture ends). Esc ends a gesture without an
// Edit.

#include "core/edit/edit.h"
#include "viewer/state/mark.h"
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
  Distance,
  Angle,
  Cobb,
  Ellipse,
  Region,
  Arrow
};
/// "crosshair", "brush" …: stable, also the icon's name (resources/icons/NAME.svg).
std::string toolName(ToolKind tool);
/// Distance, angle, region …: tools that draw marks.
constexpr bool drawsMarks(ToolKind tool) {
  return tool >= ToolKind::Distance;
}
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
  const Marks* marks = nullptr; ///< what the reader drew so far; may be none
  MarkUnits units = {};
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
    Pick,
    Mark,
    MarkHandle
  } kind = Kind::None;
  PointerEvent press;
  ViewState start;
  bool moved = false;
  std::optional<PaintStroke> stroke;
  PointLps from, to;   ///< Line, Landmark
  InstanceId instance; ///< Landmark, Pick
  std::string site;    ///< Landmark
  Mark mark;           ///< MarkHandle: as it was
  std::size_t point = 0;
};

struct ToolState {
  ToolKind active = ToolKind::Crosshair;
  Gesture gesture;
  InstanceId mergeInto;         ///< Merge: the vertebra that was chosen first
  std::optional<Mark> drawing;  ///< a distance, angle … in progress; its last point follows the pointer
  std::uint32_t activeMark = 0; ///< the one drawn or dragged last
};

struct ToolOutcome {
  ToolState tool;
  ViewState view;
  Overlay preview;
  std::optional<Edit> edit;
  std::optional<Marks> marks;   ///< all of them, if one was drawn or changed
  std::uint32_t askWordsOf = 0; ///< an arrow that was drawn: the reader may say what it shows
  CursorShape cursor = CursorShape::Cross;
  bool toggleMaximised = false; ///< double click
};

ToolOutcome handle(const ToolState& tool, const PointerEvent& event, const ToolContext& context);
/// Chooses another tool: ends the gesture.
ToolState chosen(ToolKind kind);

/// The structure at a point in the layers shown, topmost layer of `kinds` first; none if there is none.
const Structure* structureAt(const ToolContext& context, PointLps p);

} // namespace spondyl::viewer

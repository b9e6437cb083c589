#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "viewer/slice/centre_line.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

using viewer::CurvedAlong;
using viewer::CurvedMode;
using viewer::Layout;
using viewer::SlabMode;
using viewer::ViewKind;
using viewer::ViewState;

constexpr double firstSlabMm = 10;

bool hasImage(const AppContext& c) {
  return c.session.hasImage();
}
bool hasTwoLevels(const AppContext& c) {
  return c.session.hasImage() && c.session.levels()->rows.size() >= 2;
}

void change(AppContext& c, const std::function<void(ViewState&)>& how) {
  ViewState next = c.session.view();
  how(next);
  c.session.setView(std::move(next));
}

ActionSpec layout(ActionId id, const char* text, const char* tip, Qt::Key key, Layout which) {
  ActionSpec spec = makeAction(id, MenuId::View, text, tip, {key}, hasImage, [which](AppContext& c) {
    change(c, [&](ViewState& v) {
      v.layout = which;
      v.large = c.window.activeView();
      v.maximised.reset();
    });
  });
  spec.checked = [which](const AppContext& c) {
    return c.session.view().layout == which && !c.session.view().maximised;
  };
  return spec;
}

/// The view that keys turn curved: the 3D view has none, the sagittal one stands in for it.
ViewKind curvable(const AppContext& c) {
  const ViewKind active = c.window.activeView();
  return active == ViewKind::Scene3d ? ViewKind::Sagittal : active;
}

viewer::CentreLinePtr lineOf(const AppContext& c, CurvedAlong along) {
  return viewer::centreLine(*c.session.shown(), c.session.view().seriesUid, c.session.frameOfReference(),
                            along);
}

void nextCurved(AppContext& c) {
  const ViewKind kind = curvable(c);
  const CurvedMode now = c.session.view().curved[std::size_t(kind)];
  const CurvedMode next = now == CurvedMode::Off            ? CurvedMode::Straightened
                          : now == CurvedMode::Straightened ? CurvedMode::Stretched
                                                            : CurvedMode::Off;
  if (const auto line = lineOf(c, c.session.view().curvedAlong))
    c.session.setView(viewer::withCurved(c.session.view(), kind, next, *line));
}

void otherLine(AppContext& c) {
  const CurvedAlong next =
      c.session.view().curvedAlong == CurvedAlong::Bodies ? CurvedAlong::Canal : CurvedAlong::Bodies;
  if (!lineOf(c, next)) {
    c.notices.attention(QCoreApplication::translate("Actions", "The canal is not outlined here."),
                        QStringLiteral("curved view"));
    return;
  }
  change(c, [&](ViewState& v) { v.curvedAlong = next; });
}

// Off, mean, MIP, MinIP, off.
void nextSlab(ViewState& v) {
  if (v.slabMm <= 0) {
    v.slabMm = firstSlabMm;
    v.slabMode = SlabMode::Mean;
  } else if (v.slabMode == SlabMode::Minimum) {
    v.slabMm = 0;
    v.slabMode = SlabMode::Mean;
  } else {
    v.slabMode = v.slabMode == SlabMode::Mean ? SlabMode::Maximum : SlabMode::Minimum;
  }
}

} // namespace

std::vector<ActionSpec> layoutActions() {
  std::vector<ActionSpec> list{
      layout(ActionId::LayoutFour, TEXT("Four views"), TEXT("Four views, two by two"), Qt::Key_F5,
             Layout::Four),
      layout(ActionId::LayoutOneAndThree, TEXT("One large, three small"),
             TEXT("The active view large, the others beside it"), Qt::Key_F6, Layout::OneAndThree),
      layout(ActionId::LayoutTwo, TEXT("Sagittal and axial"), TEXT("Sagittal and axial side by side"),
             Qt::Key_F7, Layout::Two),
      makeAction(ActionId::CurvedView, MenuId::View, TEXT("Cur&ved view"),
                 TEXT("The active view along the spine: straightened, stretched, flat again"), {Qt::Key_V},
                 hasTwoLevels, nextCurved),
      makeAction(ActionId::CurvedAlong, MenuId::View, TEXT("Curved along the canal"),
                 TEXT("Curved views follow the canal, or bodies and discs"),
                 {QKeySequence(Qt::SHIFT | Qt::Key_V)}, hasTwoLevels, otherLine),
      makeAction(
          ActionId::ReferenceLines, MenuId::View, TEXT("Reference lines"),
          TEXT("Lines of the other views with their slice, and the ends of the stack"), {Qt::Key_X}, hasImage,
          [](AppContext& c) { change(c, [](ViewState& v) { v.referenceLines = !v.referenceLines; }); }),
      makeAction(ActionId::SlabModes, MenuId::View, TEXT("Thick slab: mean, MIP, MinIP"),
                 TEXT("A slab in place of a plane: mean, brightest, darkest, off (Shift+wheel: thickness)"),
                 {Qt::Key_M}, hasImage, [](AppContext& c) { change(c, nextSlab); }),
      makeAction(ActionId::Cine, MenuId::View, TEXT("C&ine"),
                 TEXT("Run through the slices of the active view"), {Qt::Key_C}, hasImage,
                 [](AppContext& c) { c.window.toggleCine(); }),
      makeAction(ActionId::CineFaster, MenuId::View, TEXT("Cine faster"),
                 TEXT("More slices a second, up to 30"), {QKeySequence(Qt::ALT | Qt::Key_Up)}, hasImage,
                 [](AppContext& c) { c.window.changeCineSpeed(1.5); }),
      makeAction(ActionId::CineSlower, MenuId::View, TEXT("Cine slower"), TEXT("Fewer slices a second"),
                 {QKeySequence(Qt::ALT | Qt::Key_Down)}, hasImage,
                 [](AppContext& c) { c.window.changeCineSpeed(1 / 1.5); }),
  };
  for (ActionSpec& spec : list) {
    if (spec.id == ActionId::LayoutFour || spec.id == ActionId::CurvedView || spec.id == ActionId::Cine)
      spec.separatorBefore = true;
    if (spec.id == ActionId::CurvedView)
      spec.checked = [](const AppContext& c) { return c.session.view().isCurved(curvable(c)); };
    if (spec.id == ActionId::CurvedAlong)
      spec.checked = [](const AppContext& c) { return c.session.view().curvedAlong == CurvedAlong::Canal; };
    if (spec.id == ActionId::ReferenceLines)
      spec.checked = [](const AppContext& c) { return c.session.view().referenceLines; };
    if (spec.id == ActionId::SlabModes)
      spec.checked = [](const AppContext& c) { return c.session.view().slabMm > 0; };
    if (spec.id == ActionId::Cine)
      spec.checked = [](const AppContext& c) { return c.window.cineRuns(); };
  }
  return list;
}

} // namespace spondyl::app

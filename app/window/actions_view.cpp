#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "app/window/opener.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

using viewer::ViewKind;
using viewer::ViewState;

bool hasImage(const AppContext& c) {
  return c.session.hasImage();
}
bool hasLevels(const AppContext& c) {
  return c.session.hasImage() && !c.session.levels()->rows.empty();
}

ActionSpec view(ActionId id, const char* text, const char* tip, QList<QKeySequence> keys,
                std::function<void(AppContext&)> run) {
  return makeAction(id, MenuId::View, text, tip, std::move(keys), hasImage, std::move(run));
}

/// An action that changes where one looks.
ActionSpec look(ActionId id, const char* text, const char* tip, QKeySequence key,
                std::function<void(ViewState&)> change, std::function<bool(const ViewState&)> checked = {}) {
  ActionSpec spec = view(id, text, tip, key.isEmpty() ? QList<QKeySequence>{} : QList<QKeySequence>{key},
                         [change](AppContext& c) {
                           ViewState next = c.session.view();
                           change(next);
                           c.session.setView(std::move(next));
                         });
  if (checked)
    spec.checked = [checked](const AppContext& c) { return checked(c.session.view()); };
  return spec;
}

ActionSpec preset(ActionId id, const char* text, const char* tip, Qt::Key key, std::size_t number) {
  return look(
      id, text, tip, key, [number](ViewState& v) { v.windowing = viewer::ctPresets()[number].windowing; },
      [number](const ViewState& v) { return v.windowing == viewer::ctPresets()[number].windowing; });
}

ActionSpec step(ActionId id, const char* text, const char* tip, Qt::Key key, int steps, int end = 0) {
  return view(id, text, tip, {key}, [steps, end](AppContext& c) {
    const ViewKind kind = c.window.activeView();
    if (kind == ViewKind::Scene3d)
      return;
    if (c.session.view().ownPlane)
      return c.opener.showNeighbour(steps + end < 0 ? -1 : 1);
    c.session.setView(end ? viewer::scrolledToEnd(c.session.view(), kind, end, *c.session.volume())
                          : viewer::scrolled(c.session.view(), kind, steps, *c.session.volume()));
  });
}

void toNeighbour(AppContext& c, int direction) {
  if (const LevelRow* row = c.session.levels()->neighbour(c.session.selected(), direction))
    c.session.goToLevel(row->instance);
}

void cycleOpacity(ViewState& v) {
  const double steps[] = {0.25, 0.5, 0.0};
  for (std::size_t n = 0; n < 3; ++n)
    if (std::abs(v.labelOpacity - steps[n]) < 0.01) {
      v.labelOpacity = steps[(n + 1) % 3];
      return;
    }
  v.labelOpacity = steps[0];
}

ActionSpec tab(ActionId id, const char* text, const char* tip, Qt::Key key, int number) {
  ActionSpec spec = view(id, text, tip, {QKeySequence(Qt::CTRL | key)},
                         [number](AppContext& c) { c.window.showTab(number); });
  spec.enabled = {};
  return spec;
}

} // namespace

std::vector<ActionSpec> viewActions() {
  std::vector<ActionSpec> list{
      preset(ActionId::Preset1, TEXT("CT &bone"), TEXT("Window for bone, 400/2000"), Qt::Key_1, 0),
      preset(ActionId::Preset2, TEXT("CT &soft tissue"), TEXT("Window for soft tissue, 40/400"), Qt::Key_2,
             1),
      preset(ActionId::Preset3, TEXT("CT &disc and canal"), TEXT("Window for discs and canal, 60/300"),
             Qt::Key_3, 2),
      preset(ActionId::Preset4, TEXT("CT &lung"), TEXT("Window for lung, −600/1500"), Qt::Key_4, 3),
      preset(ActionId::Preset5, TEXT("CT m&ediastinum"), TEXT("Window for mediastinum, 50/350"), Qt::Key_5,
             4),
      preset(ActionId::Preset6, TEXT("CT &cord"), TEXT("Window for brain and cord, 40/80"), Qt::Key_6, 5),
      preset(ActionId::Preset7, TEXT("CT &metal"), TEXT("Window for metal, 1500/4000"), Qt::Key_7, 6),
      view(ActionId::PresetFile, TEXT("Window of the &file"),
           TEXT("The window that the image itself asks for"), {Qt::Key_0},
           [](AppContext& c) {
             ViewState next = c.session.view();
             if (c.session.series())
               next.windowing = viewer::fileWindowing(*c.session.series(), *c.session.volume(), next.stack);
             c.session.setView(std::move(next));
           }),
      look(
          ActionId::Invert, TEXT("&Invert"), TEXT("Black for white"), Qt::Key_I,
          [](ViewState& v) { v.windowing.inverted = !v.windowing.inverted; },
          [](const ViewState& v) { return v.windowing.inverted; }),
      look(ActionId::LabelOpacity, TEXT("Label &opacity"),
           TEXT("Fill of the labels: 25 %, 50 %, outline only"), Qt::Key_A, cycleOpacity),
      look(
          ActionId::LabelsOnOff, TEXT("Show &segmentation"), TEXT("Show or hide the vertebrae in the slices"),
          Qt::Key_S,
          [](ViewState& v) {
            v.labels = v.labels == viewer::LabelDisplay::Off ? viewer::LabelDisplay::FillAndOutline
                                                             : viewer::LabelDisplay::Off;
          },
          [](const ViewState& v) { return v.labels != viewer::LabelDisplay::Off; }),
      look(
          ActionId::LabelNames, TEXT("Show level &names"), TEXT("Show or hide the names on the vertebrae"),
          Qt::Key_L, [](ViewState& v) { v.labelNames = !v.labelNames; },
          [](const ViewState& v) { return v.labelNames; }),
      look(
          ActionId::TextOverlay, TEXT("Show &text"), TEXT("Show or hide the corner texts; letters stay"),
          Qt::Key_O,
          [](ViewState& v) {
            v.annotations = v.annotations == viewer::AnnotationDisplay::None
                                ? viewer::AnnotationDisplay::Full
                                : viewer::AnnotationDisplay::None;
          },
          [](const ViewState& v) { return v.annotations != viewer::AnnotationDisplay::None; }),
      look(
          ActionId::CrosshairOnOff, TEXT("Show cross&hair"), TEXT("Show or hide the crosshair"), Qt::Key_H,
          [](ViewState& v) { v.crosshairVisible = !v.crosshairVisible; },
          [](const ViewState& v) { return v.crosshairVisible; }),
      step(ActionId::SliceNext, TEXT("Next slice"), TEXT("One slice on in the active view"), Qt::Key_Up, 1),
      step(ActionId::SlicePrevious, TEXT("Previous slice"), TEXT("One slice back in the active view"),
           Qt::Key_Down, -1),
      step(ActionId::SliceNextTen, TEXT("Ten slices on"), TEXT("Ten slices on in the active view"),
           Qt::Key_PageUp, 10),
      step(ActionId::SlicePreviousTen, TEXT("Ten slices back"), TEXT("Ten slices back in the active view"),
           Qt::Key_PageDown, -10),
      step(ActionId::SliceFirst, TEXT("First slice"), TEXT("To the first slice of the active view"),
           Qt::Key_Home, 0, -1),
      step(ActionId::SliceLast, TEXT("Last slice"), TEXT("To the last slice of the active view"), Qt::Key_End,
           0, 1),
      view(ActionId::LevelPrevious, TEXT("&Previous vertebra"),
           TEXT("All views go to the vertebra above, aligned with it"), {Qt::Key_Comma},
           [](AppContext& c) { toNeighbour(c, -1); }),
      view(ActionId::LevelNext, TEXT("&Next vertebra"),
           TEXT("All views go to the vertebra below, aligned with it"), {Qt::Key_Period},
           [](AppContext& c) { toNeighbour(c, 1); }),
      view(ActionId::Unalign, TEXT("Patient's a&xes"), TEXT("Planes along the patient's axes again"),
           {Qt::Key_U}, [](AppContext& c) { c.session.setView(viewer::unaligned(c.session.view())); }),
      view(ActionId::Fit, TEXT("&Fit"), TEXT("Everything fits into the views again"), {Qt::Key_F},
           [](AppContext& c) { c.session.setView(viewer::fitted(c.session.view())); }),
      view(ActionId::Reset, TEXT("&Reset view"), TEXT("Planes, zoom, window and display as after opening"),
           {Qt::Key_R},
           [](AppContext& c) {
             if (!c.session.series())
               return;
             ViewState next =
                 viewer::initialState(*c.session.series(), *c.session.volume(), c.session.view().stack);
             next.selected = c.session.view().selected;
             c.session.setView(std::move(next));
           }),
      view(ActionId::Maximise, TEXT("&Maximise view"),
           TEXT("The active view alone, or all four again (double click)"), {Qt::Key_Space},
           [](AppContext& c) {
             ViewState next = c.session.view();
             next.maximised = next.maximised ? std::nullopt : std::optional<ViewKind>(c.window.activeView());
             c.session.setView(std::move(next));
           }),
      view(ActionId::SeriesColumn, TEXT("Series &column"), TEXT("Show or hide the series column"),
           {Qt::Key_F9}, [](AppContext& c) { c.window.toggleSeriesColumn(); }),
      view(ActionId::SidePanel, TEXT("Side &panel"), TEXT("Show or hide the panel at the right"), {Qt::Key_P},
           [](AppContext& c) { c.window.toggleSidePanel(); }),
      tab(ActionId::TabLevels, TEXT("Levels"), TEXT("Show the Levels panel"), Qt::Key_1, 0),
      tab(ActionId::TabFindings, TEXT("Findings"), TEXT("Show the Findings panel"), Qt::Key_2, 1),
      tab(ActionId::TabMeasures, TEXT("Measures"), TEXT("Show the Measures panel"), Qt::Key_3, 2),
      tab(ActionId::TabReport, TEXT("Report"), TEXT("Show the Report panel"), Qt::Key_4, 3),
  };
  for (ActionSpec& spec : list) {
    if (spec.id == ActionId::LevelPrevious || spec.id == ActionId::LevelNext)
      spec.enabled = hasLevels;
    if (spec.id == ActionId::SeriesColumn || spec.id == ActionId::SidePanel)
      spec.enabled = {};
    if (spec.id == ActionId::Maximise)
      spec.checked = [](const AppContext& c) { return c.session.view().maximised.has_value(); };
    if (spec.id == ActionId::SeriesColumn)
      spec.checked = [](const AppContext& c) { return c.window.seriesColumnShown(); };
    if (spec.id == ActionId::SidePanel)
      spec.checked = [](const AppContext& c) { return c.window.sidePanelShown(); };
    for (ActionId first : {ActionId::LabelOpacity, ActionId::SliceNext, ActionId::LevelPrevious,
                           ActionId::Fit, ActionId::SeriesColumn, ActionId::TabLevels})
      spec.separatorBefore = spec.separatorBefore || spec.id == first;
    if (spec.id == ActionId::LabelsOnOff)
      spec.icon = "labels", spec.onRail = true;
    if (spec.id == ActionId::SeriesColumn)
      spec.icon = "series", spec.onRail = true;
    if (spec.id == ActionId::SidePanel)
      spec.icon = "panel", spec.onRail = true;
  }
  return list;
}

} // namespace spondyl::app

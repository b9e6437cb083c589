#include "app/window/actions.h"
#include "app/window/analysis_service.h"
#include "app/window/app_context.h"
#include "app/window/exporter.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

bool hasStudy(const AppContext& c) {
  return c.session.hasStudy();
}
bool hasLevels(const AppContext& c) {
  return c.session.hasStudy() && !c.session.levels()->rows.empty();
}

} // namespace

std::vector<ActionSpec> resultActions() {
  std::vector<ActionSpec> list{
      makeAction(
          ActionId::Analyse, MenuId::Ai, TEXT("&Segment the spine"),
          TEXT("Find and name the vertebrae; the result is a proposal"), {QKeySequence(Qt::CTRL | Qt::Key_R)},
          [](const AppContext& c) {
            return c.session.imageComplete() && !c.session.view().ownPlane && !c.session.isReadOnly() &&
                   !c.analysis.isRunning();
          },
          [](AppContext& c) { c.analysis.run(); }),
      makeAction(
          ActionId::StopAnalysis, MenuId::Ai, TEXT("S&top"),
          TEXT("Stop the analysis; the case stays as it is"), {QKeySequence(Qt::CTRL | Qt::Key_Period)},
          [](const AppContext& c) { return c.analysis.isRunning(); },
          [](AppContext& c) { c.analysis.stop(); }),
      makeAction(ActionId::ChooseModel, MenuId::Ai, TEXT("&Choose model…"),
                 TEXT("Which network segments CT and which MR"), {}, {},
                 [](AppContext& c) { c.window.showModels(); }),
      makeAction(
          ActionId::KeyImage, MenuId::Report, TEXT("&Key image"),
          TEXT("Take the active view into the report"), {Qt::Key_K},
          [](const AppContext& c) { return c.session.hasImage() && !c.session.isReadOnly(); },
          [](AppContext& c) { c.exporter.addKeyImage(c.window.activeView()); }),
      makeAction(ActionId::ExportPdf, MenuId::Report, TEXT("Report as &PDF…"),
                 TEXT("Write the report as a PDF file"), {}, hasStudy,
                 [](AppContext& c) { c.window.askWhereToExport("pdf"); }),
      makeAction(ActionId::ExportJson, MenuId::Report, TEXT("Report as &JSON…"),
                 TEXT("Write the report's values as a JSON file"), {}, hasStudy,
                 [](AppContext& c) { c.window.askWhereToExport("json"); }),
      makeAction(ActionId::ExportSeg, MenuId::Report, TEXT("Labels as DICOM &SEG…"),
                 TEXT("Write the labels as a DICOM segmentation"), {}, hasLevels,
                 [](AppContext& c) { c.window.askWhereToExport("seg"); }),
      makeAction(ActionId::Shortcuts, MenuId::Help, TEXT("&Keys"), TEXT("All keys and mouse gestures"),
                 {Qt::Key_F1}, {}, [](AppContext& c) { c.window.showShortcuts(); }),
      makeAction(ActionId::About, MenuId::Help, TEXT("&About Spondyl"),
                 TEXT("Version, renderer, models, licences"), {}, {},
                 [](AppContext& c) { c.window.showAbout(); }),
  };
  list[0].icon = "analyse";
  list[0].onRail = true;
  list[3].icon = "camera";
  list[3].onRail = true;
  list[4].separatorBefore = true;
  return list;
}

} // namespace spondyl::app

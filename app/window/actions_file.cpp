#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "app/window/case_keeper.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

bool hasStudy(const AppContext& c) { return c.session.hasStudy(); }
bool hasImage(const AppContext& c) { return c.session.hasImage(); }

} // namespace

std::vector<ActionSpec> fileActions() {
  const auto file = [](ActionId id, const char* text, const char* tip, QList<QKeySequence> keys,
                       std::function<bool(const AppContext&)> enabled, std::function<void(AppContext&)> run) {
    ActionSpec spec;
    spec.id = id;
    spec.menu = MenuId::File;
    spec.text = text;
    spec.toolTip = tip;
    spec.shortcuts = std::move(keys);
    spec.enabled = std::move(enabled);
    spec.run = std::move(run);
    return spec;
  };
  std::vector<ActionSpec> list{
      file(ActionId::OpenFiles, TEXT("&Open…"), TEXT("Open an image file, a label file or a case"),
           {QKeySequence(Qt::CTRL | Qt::Key_O)}, {}, [](AppContext& c) { c.window.askForFiles(); }),
      file(ActionId::OpenFolder, TEXT("Open &folder…"), TEXT("Open a folder with a study"),
           {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)}, {}, [](AppContext& c) { c.window.askForFolder(); }),
      file(ActionId::OpenLabels, TEXT("Open &labels…"), TEXT("Take vertebrae from a label file (NIfTI) as a proposal"), {},
           hasImage, [](AppContext& c) { c.window.askForLabels(); }),
      file(ActionId::SaveCase, TEXT("&Save case"), TEXT("Save the case as one .spondyl file"),
           {QKeySequence(Qt::CTRL | Qt::Key_S)}, hasStudy,
           [](AppContext& c) {
             if (c.keeper.savedPath().empty()) c.window.askWhereToSaveCase();
             else c.keeper.save(c.keeper.savedPath());
           }),
      file(ActionId::SaveCaseAs, TEXT("Save case &as…"), TEXT("Save the case under another name"),
           {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S)}, hasStudy, [](AppContext& c) { c.window.askWhereToSaveCase(); }),
      file(ActionId::SaveScreenshot, TEXT("Save &picture…"), TEXT("Save the views with their annotations as a PNG picture"),
           {QKeySequence(Qt::CTRL | Qt::Key_P)}, hasImage, [](AppContext& c) { c.window.askWhereToSaveScreenshot(); }),
      file(ActionId::CloseStudy, TEXT("&Close study"), TEXT("Close the study; its case is kept"),
           {QKeySequence(Qt::CTRL | Qt::Key_W)}, hasStudy, [](AppContext& c) { c.window.closeStudy(); }),
      file(ActionId::Quit, TEXT("&Quit"), TEXT("End Spondyl; the case is kept"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, {},
           [](AppContext& c) { c.window.quit(); }),
  };
  list[0].icon = "open";
  list[3].separatorBefore = list[6].separatorBefore = true;
  return list;
}

} // namespace spondyl::app

#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "app/window/case_keeper.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

bool hasStudy(const AppContext& c) {
  return c.session.hasStudy();
}
bool hasImage(const AppContext& c) {
  return c.session.hasImage();
}

} // namespace

std::vector<ActionSpec> fileActions() {
  std::vector<ActionSpec> list{
      makeAction(ActionId::OpenFiles, MenuId::File, TEXT("&Open…"),
                 TEXT("Open an image file, a label file or a case"), {QKeySequence(Qt::CTRL | Qt::Key_O)}, {},
                 [](AppContext& c) { c.window.askForFiles(); }),
      makeAction(ActionId::OpenFolder, MenuId::File, TEXT("Open &folder…"),
                 TEXT("Open a folder with a study"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)}, {},
                 [](AppContext& c) { c.window.askForFolder(); }),
      makeAction(ActionId::OpenLabels, MenuId::File, TEXT("Open &labels…"),
                 TEXT("Take vertebrae from a label file (NIfTI) as a proposal"), {}, hasImage,
                 [](AppContext& c) { c.window.askForLabels(); }),
      makeAction(ActionId::AddModel, MenuId::File, TEXT("&Add model…"),
                 TEXT("Add a network of your own; it runs only after you have trusted it"), {}, {},
                 [](AppContext& c) { c.window.askForModel(); }),
      makeAction(ActionId::SaveCase, MenuId::File, TEXT("&Save case"),
                 TEXT("Save the case as one .spondyl file"), {QKeySequence(Qt::CTRL | Qt::Key_S)}, hasStudy,
                 [](AppContext& c) {
                   if (c.keeper.savedPath().empty())
                     c.window.askWhereToSaveCase();
                   else
                     c.keeper.save(c.keeper.savedPath());
                 }),
      makeAction(ActionId::SaveCaseAs, MenuId::File, TEXT("Save case &as…"),
                 TEXT("Save the case under another name"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S)},
                 hasStudy, [](AppContext& c) { c.window.askWhereToSaveCase(); }),
      makeAction(ActionId::SaveScreenshot, MenuId::File, TEXT("Save &picture…"),
                 TEXT("Save the views with their annotations as a PNG picture"),
                 {QKeySequence(Qt::CTRL | Qt::Key_P)}, hasImage,
                 [](AppContext& c) { c.window.askWhereToSaveScreenshot(); }),
      makeAction(ActionId::CloseStudy, MenuId::File, TEXT("&Close study"),
                 TEXT("Close the study; its case is kept"), {QKeySequence(Qt::CTRL | Qt::Key_W)}, hasStudy,
                 [](AppContext& c) { c.window.closeStudy(); }),
      makeAction(ActionId::Quit, MenuId::File, TEXT("&Quit"), TEXT("End Spondyl; the case is kept"),
                 {QKeySequence(Qt::CTRL | Qt::Key_Q)}, {}, [](AppContext& c) { c.window.quit(); }),
  };
  list[0].icon = "open";
  list[3].separatorBefore = list[4].separatorBefore = list[7].separatorBefore = true;
  return list;
}

} // namespace spondyl::app

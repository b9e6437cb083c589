#include "tests/app/window/window_fixture.h"

#include <QAbstractButton>
#include <QAction>

#include <map>
#include <set>

using namespace spondyl;
using namespace spondyl::app;

TEST_CASE("no two actions have the same key") {
  std::map<QString, std::string> owners;
  for (const ActionSpec& spec : actionTable())
    for (const QKeySequence& key : spec.shortcuts) {
      const QString name = key.toString(QKeySequence::PortableText);
      INFO(name.toStdString() << " of " << spec.text << " is also the key of " << owners[name]);
      CHECK(owners[name].empty());
      owners[name] = spec.text;
    }
}

TEST_CASE("every action stands once in the table and says what it does") {
  std::set<ActionId> seen;
  for (const ActionSpec& spec : actionTable()) {
    INFO(spec.text);
    CHECK(seen.insert(spec.id).second);
    CHECK(std::string(spec.text).size() > 1);
    CHECK(std::string(spec.toolTip).size() > 5);
    CHECK(bool(spec.run));
  }
}

TEST_CASE("the keys of CLINICAL 1.2 do what it says") {
  const std::pair<const char*, ActionId> wanted[] = {{"1", ActionId::Preset1},
                                                     {"7", ActionId::Preset7},
                                                     {"0", ActionId::PresetFile},
                                                     {"A", ActionId::LabelOpacity},
                                                     {"S", ActionId::LabelsOnOff},
                                                     {"L", ActionId::LabelNames},
                                                     {"O", ActionId::TextOverlay},
                                                     {",", ActionId::LevelPrevious},
                                                     {".", ActionId::LevelNext},
                                                     {"Return", ActionId::AcceptLevel},
                                                     {"Backspace", ActionId::RejectLevel},
                                                     {"Shift+Return", ActionId::AcceptAll},
                                                     {"E", ActionId::EditHere},
                                                     {"+", ActionId::BrushLarger},
                                                     {"-", ActionId::BrushSmaller},
                                                     {"Ctrl+Z", ActionId::Undo},
                                                     {"Ctrl+Y", ActionId::Redo},
                                                     {"K", ActionId::KeyImage},
                                                     {"F", ActionId::Fit},
                                                     {"R", ActionId::Reset},
                                                     {"Esc", ActionId::EndTool},
                                                     {"PgUp", ActionId::SliceNextTen}};
  for (const auto& [key, id] : wanted) {
    INFO(key);
    CHECK(actionSpec(id).shortcuts.contains(
        QKeySequence(QString::fromLatin1(key), QKeySequence::PortableText)));
  }
}

TEST_CASE("every button of the window has a name and a tooltip for those who cannot see its picture") {
  test::application();
  QTemporaryDir folder;
  test::WindowFixture f(folder);
  for (const QAbstractButton* button : f.window.findChildren<QAbstractButton*>()) {
    if (button->objectName().startsWith(QLatin1String("qt_")) || !button->isVisibleTo(&f.window))
      continue;
    INFO(button->metaObject()->className() << " " << button->text().toStdString());
    CHECK_FALSE((button->accessibleName().isEmpty() && button->text().isEmpty()));
    CHECK_FALSE(button->toolTip().isEmpty());
  }
}

TEST_CASE("without a study what needs one cannot act") {
  test::application();
  QTemporaryDir folder;
  test::WindowFixture f(folder);
  for (const ActionId id : {ActionId::SaveCase, ActionId::ToolBrush, ActionId::Analyse, ActionId::AcceptAll,
                            ActionId::ExportPdf, ActionId::Undo, ActionId::KeyImage, ActionId::Preset1})
    CHECK_FALSE(f.window.actions().action(id)->isEnabled());
  CHECK(f.window.actions().action(ActionId::OpenFolder)->isEnabled());
  for (const ActionSpec& spec : actionTable())
    f.run(spec.id == ActionId::Quit || spec.id == ActionId::OpenFiles || spec.id == ActionId::OpenFolder
              ? ActionId::EndTool
              : spec.id);
  // None of them crashed, and none made a study appear.
  CHECK_FALSE(f.window.actions().action(ActionId::ToolBrush)->isEnabled());
}

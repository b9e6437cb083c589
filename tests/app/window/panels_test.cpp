// What a reader does with single measurements and key images in the panels, with the mouse.

#include "app/panels/angle_chooser.h"
#include "app/panels/measure_editor.h"
#include "app/panels/measures_panel.h"
#include "app/panels/report_panel.h"
#include "tests/app/window/window_fixture.h"

#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

using namespace spondyl;
using namespace spondyl::app;
using test::BlockSpine;
using test::WindowFixture;

namespace {

constexpr const char* height = "body.height.anterior";

QPushButton* buttonOf(QWidget& within, const char* text) {
  for (QPushButton* each : within.findChildren<QPushButton*>())
    if (each->text() == QString::fromUtf8(text))
      return each;
  FAIL("no button " << text);
  return nullptr;
}

void click(QPushButton* button) {
  REQUIRE(button->isEnabled());
  REQUIRE(button->isVisible());
  QTest::mouseClick(button, Qt::LeftButton);
}

void openProposed(WindowFixture& f, const BlockSpine& spine) {
  f.window.openPaths({spine.image, spine.labels});
  REQUIRE(f.settle());
  REQUIRE(f.settle());
  REQUIRE(f.session().levels()->rows.size() == 5);
}

std::string fileText(const Path& file) {
  return readFile(file).value();
}

} // namespace

TEST_CASE("a single measurement is confirmed, given the reader's own value with a reason, and given back") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openProposed(f, spine);
  f.run(ActionId::TabMeasures);
  auto& panel = *f.window.findChild<MeasuresPanel*>();
  auto& editor = *f.window.findChild<MeasureEditor*>();
  const InstanceId second = f.session().levels()->rows[1].instance,
                   third = f.session().levels()->rows[2].instance;
  const auto row = [&](InstanceId instance) { return *f.session().measures()->find(height, instance); };
  CHECK_FALSE(editor.isVisible()); // nothing is chosen
  panel.choose(height, second);
  REQUIRE(f.settle());
  REQUIRE(row(second).unconfirmed);
  REQUIRE(row(second).number);
  const double computed = *row(second).number;

  click(buttonOf(editor, "Confirm"));
  REQUIRE(f.settle());
  CHECK_FALSE(row(second).unconfirmed);
  CHECK(row(third).unconfirmed);
  CHECK_FALSE(buttonOf(editor, "Confirm")->isEnabled());

  click(buttonOf(editor, "Own value…"));
  const QList<QLineEdit*> fields = editor.findChildren<QLineEdit*>();
  REQUIRE(fields.size() == 2);
  QTest::keyClicks(fields[0], "31,5");
  CHECK_FALSE(buttonOf(editor, "Set")->isEnabled()); // a reason is needed
  QTest::keyClicks(fields[1], "osteophyte left out");
  click(buttonOf(editor, "Set"));
  REQUIRE(f.settle());
  CHECK(row(second).overridden);
  CHECK(*row(second).number == 31.5);
  CHECK(row(second).note.find("osteophyte left out") != std::string::npos);
  f.services.exporter.exportJson(test::pathOf(folder) / "own.json");
  REQUIRE(f.settle());
  CHECK(fileText(test::pathOf(folder) / "own.json").find("osteophyte left out") != std::string::npos);

  f.run(ActionId::Undo);
  REQUIRE(f.settle());
  CHECK(*row(second).number == computed);
  f.run(ActionId::Redo);
  REQUIRE(f.settle());
  click(buttonOf(editor, "Use the computed value"));
  REQUIRE(f.settle());
  CHECK(*row(second).number == computed);
  CHECK_FALSE(row(second).overridden);
}

TEST_CASE("an angle between levels that the reader chooses is measured, drawn, follows a renaming and is "
          "reported") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openProposed(f, spine);
  f.run(ActionId::TabMeasures);
  auto& chooser = *f.window.findChild<AngleChooser*>();
  const QList<QComboBox*> boxes = chooser.findChildren<QComboBox*>();
  REQUIRE(boxes.size() == 3);
  boxes[0]->setCurrentText("Cobb");
  boxes[1]->setCurrentText("L3"); // the order does not matter
  boxes[2]->setCurrentText("L3");
  CHECK_FALSE(buttonOf(chooser, "Measure")->isEnabled());
  boxes[2]->setCurrentText("L2");
  const InstanceId upper = f.session().levels()->rows[1].instance;
  CHECK_FALSE(f.session().measures()->find("cobb.coronal.L2-L3", upper));
  click(buttonOf(chooser, "Measure"));
  REQUIRE(QTest::qWaitFor(
      [&] { return f.session().measures()->find("cobb.coronal.L2-L3", upper) != nullptr; }, 20000));
  const MeasureRow* row = f.session().measures()->find("cobb.coronal.L2-L3", upper);
  REQUIRE(row);
  REQUIRE(row->number);
  CHECK(*row->number < 3); // the blocks are straight
  CHECK(f.session().measureOverlay().lines.size() == row->lines.size());
  CHECK_FALSE(row->lines.empty());

  f.services.settings.setIncludeProposed(true);
  f.services.exporter.exportJson(test::pathOf(folder) / "angle.json");
  REQUIRE(f.settle());
  CHECK(fileText(test::pathOf(folder) / "angle.json").find("cobb.coronal.L2-L3") != std::string::npos);

  REQUIRE(f.session().apply(RenameChain{upper, Level::L3}));
  CHECK(QTest::qWaitFor([&] { return f.session().measures()->find("cobb.coronal.L3-L4", upper) != nullptr; },
                        20000));
}

TEST_CASE("a key image stands in the report panel as a picture and can be taken out") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openProposed(f, spine);
  f.run(ActionId::TabReport);
  f.run(ActionId::KeyImage);
  REQUIRE(f.settle());
  auto& panel = *f.window.findChild<ReportPanel*>();
  auto& list = *panel.findChild<QListWidget*>();
  REQUIRE(list.isVisible());
  REQUIRE(list.count() == 1);
  const QImage picture = list.item(0)->icon().pixmap(ReportPanel::pictureSize()).toImage();
  REQUIRE_FALSE(picture.isNull());
  int bright = 0;
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x)
      bright += qGray(picture.pixel(x, y)) > 60;
  CHECK(bright > picture.width() * picture.height() / 20); // the body, not an empty place
  list.setCurrentRow(0);
  click(buttonOf(panel, "Remove"));
  REQUIRE(f.settle());
  CHECK(f.session().snapshot()->keyImages.empty());
  CHECK_FALSE(list.isVisible());
}

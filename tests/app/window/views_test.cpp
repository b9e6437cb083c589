#include "tests/app/window/window_fixture.h"
#include "viewer/scene/scene_view.h"
#include "viewer/slice/slice_view.h"

#include <QClipboard>
#include <QDialog>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>

using namespace spondyl;
using namespace spondyl::app;
using test::BlockSpine;
using test::drag;
using test::WindowFixture;
using viewer::ViewKind;

namespace {

void open(WindowFixture& f, const BlockSpine& spine) {
  f.window.openPaths({spine.image});
  REQUIRE(f.settle());
  f.services.analysis.takeLabels(spine.labels);
  REQUIRE(f.settle());
  f.run(ActionId::AcceptAll);
  REQUIRE(f.settle());
  REQUIRE(f.session().levels()->rows.size() == 5);
}

void key(WindowFixture& f, Qt::Key which, Qt::KeyboardModifiers with = Qt::NoModifier) {
  QTest::keyClick(&f.window, which, with);
}

} // namespace

TEST_CASE("V turns the active view straightened, stretched and flat, a click there moves all views") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  viewer::SliceView& sagittal = f.window.views().slice(ViewKind::Sagittal);
  key(f, Qt::Key_V);
  REQUIRE(f.settle());
  CHECK(f.session().view().curved[0] == viewer::CurvedMode::Straightened);
  REQUIRE(sagittal.curvedViewGeometry());
  const PointLps wanted = BlockSpine::centre(3);
  const viewer::ScreenPoint at = sagittal.curvedViewGeometry()->position(wanted);
  QTest::mouseClick(&sagittal, Qt::LeftButton, Qt::NoModifier, QPoint(int(at.x), int(at.y)));
  REQUIRE(f.settle());
  CHECK(distance(f.session().view().crosshair, wanted) < 2);
  CHECK(f.session().selected() == f.session().levels()->rows[3].instance);
  CHECK(std::abs(f.window.views().slice(ViewKind::Axial).viewGeometry().plane.signedDistance(wanted)) < 2);
  key(f, Qt::Key_V);
  CHECK(f.session().view().curved[0] == viewer::CurvedMode::Stretched);
  key(f, Qt::Key_V);
  CHECK_FALSE(f.session().view().anyCurved());
  CHECK_FALSE(sagittal.curvedViewGeometry());
}

TEST_CASE("F5 to F7 choose the layout, the active view is the large one, a maximised view comes back") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  ViewsArea& views = f.window.views();
  const auto area = [](const QWidget& w) { return w.width() * w.height(); };
  QTest::mouseClick(&views.slice(ViewKind::Axial), Qt::LeftButton, Qt::NoModifier, QPoint(30, 30));
  key(f, Qt::Key_F6);
  REQUIRE(f.settle());
  CHECK(area(views.slice(ViewKind::Axial)) > 4 * area(views.slice(ViewKind::Sagittal)));
  CHECK(views.scene().isVisible());
  key(f, Qt::Key_F7);
  CHECK(views.slice(ViewKind::Sagittal).isVisible());
  CHECK(views.slice(ViewKind::Axial).isVisible());
  CHECK_FALSE(views.slice(ViewKind::Coronal).isVisible());
  CHECK_FALSE(views.scene().isVisible());
  key(f, Qt::Key_Space);
  CHECK_FALSE(views.slice(ViewKind::Sagittal).isVisible());
  key(f, Qt::Key_Space);
  CHECK(views.slice(ViewKind::Sagittal).isVisible());
  CHECK_FALSE(views.slice(ViewKind::Coronal).isVisible());
  key(f, Qt::Key_F5);
  CHECK(std::abs(area(views.slice(ViewKind::Axial)) - area(views.slice(ViewKind::Coronal))) < 3000);
}

TEST_CASE("M goes through the slab's modes, X shows reference lines") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  const auto& view = f.session().view();
  for (const auto mode : {viewer::SlabMode::Mean, viewer::SlabMode::Maximum, viewer::SlabMode::Minimum}) {
    key(f, Qt::Key_M);
    CHECK(view.slabMm == 10);
    CHECK(view.slabMode == mode);
  }
  key(f, Qt::Key_M);
  CHECK(view.slabMm == 0);
  key(f, Qt::Key_X);
  CHECK(view.referenceLines);
}

TEST_CASE("Cine runs through the slices round and round, another key press stops it") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  CinePlayer& cine = f.window.views().cine();
  cine.setFramesPerSecond(1000);
  CHECK(cine.framesPerSecond() == 30);
  f.session().setView(
      viewer::scrolledToEnd(f.session().view(), ViewKind::Sagittal, 1, *f.session().volume()));
  const PointLps last = f.session().view().crosshair;
  key(f, Qt::Key_C);
  CHECK(cine.isRunning());
  REQUIRE(QTest::qWaitFor([&] { return distance(f.session().view().crosshair, last) > 20; }, 20000));
  const PointLps first = f.session().view().crosshair; // from the end to the other end
  REQUIRE(QTest::qWaitFor([&] { return distance(f.session().view().crosshair, first) > 0.5; }, 20000));
  key(f, Qt::Key_C);
  CHECK_FALSE(cine.isRunning());
}

TEST_CASE("A distance is drawn, listed with its value, copied as text, and removed") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  const CasePtr before = f.session().snapshot();
  viewer::SliceView& sagittal = f.window.views().slice(ViewKind::Sagittal);
  f.run(ActionId::ToolDistance);
  drag(sagittal, {100, 100}, {100, 160});
  f.run(ActionId::ToolEllipse);
  drag(sagittal, {120, 120}, {150, 150});
  REQUIRE(f.settle());
  REQUIRE(f.services.tools.marks().size() == 2);
  CHECK(viewer::distanceOf(f.services.tools.marks()[0]) ==
        Approx(60 * sagittal.viewGeometry().mmPerPixel).epsilon(0.02));
  f.run(ActionId::MarksList);
  auto* dialog = f.window.findChild<QDialog*>(QStringLiteral("marks"));
  REQUIRE(dialog);
  auto* list = dialog->findChild<QTreeWidget*>();
  REQUIRE(list->topLevelItemCount() == 2);
  CHECK(list->topLevelItem(0)->text(1).contains(QStringLiteral(" mm")));
  CHECK(list->topLevelItem(1)->text(1).startsWith(QStringLiteral("Mean ")));
  for (QPushButton* press : dialog->findChildren<QPushButton*>())
    if (press->text() == QStringLiteral("Copy all"))
      press->click();
  CHECK(QGuiApplication::clipboard()->text().split(QLatin1Char('\n')).size() == 2);
  list->setCurrentItem(list->topLevelItem(0));
  for (QPushButton* press : dialog->findChildren<QPushButton*>())
    if (press->text() == QStringLiteral("Remove"))
      press->click();
  CHECK(list->topLevelItemCount() == 1);
  REQUIRE(f.settle());
  CHECK(f.session().snapshot()->marks == f.services.tools.marks()); // kept with the case
  f.run(ActionId::Undo);
  REQUIRE(f.settle());
  CHECK(f.services.tools.marks().size() == 2);
  f.run(ActionId::Undo);
  f.run(ActionId::Undo);
  REQUIRE(f.settle());
  CHECK(f.services.tools.marks().empty());
  CHECK(sameContent(*f.session().snapshot(), *before));
  f.run(ActionId::Redo);
  f.run(ActionId::CloseStudy);
  CHECK(f.services.tools.marks().empty());
}

TEST_CASE("The rail's measuring button offers all that measure and stands for the last one used") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  QToolButton* found = nullptr;
  for (QToolButton* press : f.window.findChildren<QToolButton*>())
    if (press->menu() && press->defaultAction() == f.window.actions().action(ActionId::ToolDistance))
      found = press;
  REQUIRE(found);
  CHECK(found->menu()->actions().size() == 6);
  f.run(ActionId::ToolCobb);
  CHECK(found->defaultAction() == f.window.actions().action(ActionId::ToolCobb));
  CHECK(f.services.tools.tool() == ToolKind::Cobb);
}

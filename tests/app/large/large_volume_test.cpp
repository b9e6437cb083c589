// A reader's work on a study as large as they come from the scanner: the main thread never works 50 ms at a
// stretch.

#include "app/window/level_commands.h"
#include "core/formats/nifti.h"
#include "tests/app/window/window_fixture.h"
#include "tests/bench/study.h"
#include "viewer/scene/scene_view.h"
#include "viewer/slice/slice_view.h"

#include <cstdio>

using namespace spondyl;
using namespace spondyl::app;
using test::WindowFixture;
using viewer::ViewKind;

namespace {

constexpr double longestMs = 50;

/// Does what a reader does as an event of its own, waits until all is shown, and takes the longest slice of
/// both.
class Watched {
 public:
  explicit Watched(WindowFixture& fixture) : m_f(fixture) {}
  void step(const char* name, const std::function<void()>& what) {
    test::application().resetWatchdog();
    QMetaObject::invokeMethod(&m_f.window, what, Qt::QueuedConnection);
    REQUIRE(m_f.settle());
    REQUIRE(m_f.settle()); // what the first brought with it
    const Application::Slice slice = test::application().longestSlice();
    std::printf("%-28s %6.1f ms  %s\n", name, slice.milliseconds, qPrintable(slice.what));
    std::fflush(stdout);
    CAPTURE(name, slice.what.toStdString());
    CHECK(slice.milliseconds <= longestMs);
  }

 private:
  WindowFixture& m_f;
};

void wheel(QWidget& view, int notches, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
  const QPointF middle = view.rect().center();
  QWheelEvent event(middle, view.mapToGlobal(middle), {}, QPoint(0, 120 * notches), Qt::NoButton, modifiers,
                    Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(&view, &event);
}

void drag(QWidget& view, Qt::MouseButton button, QPoint from, QPoint by) {
  QTest::mousePress(&view, button, Qt::NoModifier, from);
  for (int n = 1; n <= 8; ++n)
    QTest::mouseMove(&view, from + by * n / 8);
  QTest::mouseRelease(&view, button, Qt::NoModifier, from + by);
}

} // namespace

TEST_CASE(
    "on 512 x 512 x 300 voxels the main thread never works 50 ms at a stretch, whatever the reader does") {
  test::application();
  QTemporaryDir folder;
  const Path images = test::pathOf(folder) / "series", labels = test::pathOf(folder) / "labels.nii";
  {
    const bench::PhantomStudy phantom = bench::drawStudy().value();
    REQUIRE(bench::writeStudy(phantom, images).ok());
    REQUIRE(writeNiftiLabels(phantom.volume->grid(), phantom.drawn.labels, labels).ok());
  }
  {
    WindowFixture f(folder);
    Session& session = f.session();
    viewer::SliceView& sagittal = f.window.views().slice(ViewKind::Sagittal);
    viewer::SliceView& axial = f.window.views().slice(ViewKind::Axial);
    viewer::SliceView& coronal = f.window.views().slice(ViewKind::Coronal);
    Watched watched(f);
    watched.step("open the series", [&] { f.window.openPaths({images}); });
    REQUIRE(session.imageComplete());
    watched.step("labels as a proposal", [&] { f.window.openPaths({labels}); });
    REQUIRE(session.levels()->waiting > 8);
    watched.step("accept one level", [&] { f.run(ActionId::AcceptLevel); });
    watched.step("reject one level", [&] {
      goToNextToReview(session);
      f.run(ActionId::RejectLevel);
    });
    watched.step("undo", [&] { f.run(ActionId::Undo); });
    watched.step("accept all", [&] { f.run(ActionId::AcceptAll); });
    REQUIRE(session.levels()->waiting == 0);
    const InstanceId middle = session.levels()->rows[session.levels()->rows.size() / 2].instance;
    watched.step("go to a level", [&] { session.goToLevel(middle); });
    for (QWidget* view : {&sagittal, &axial, &coronal}) {
      watched.step("scroll", [&] {
        for (int n = 0; n < 20; ++n)
          wheel(*view, n < 10 ? 1 : -1);
      });
      watched.step("zoom", [&] {
        for (int n = 0; n < 4; ++n)
          wheel(*view, n % 2 ? 2 : -2, Qt::ControlModifier);
      });
      watched.step("window", [&] { drag(*view, Qt::RightButton, QPoint(60, 60), QPoint(40, 10)); });
      watched.step("pan", [&] { drag(*view, Qt::MiddleButton, QPoint(60, 60), QPoint(20, 10)); });
    }
    watched.step("crosshair",
                 [&] { drag(sagittal, Qt::LeftButton, sagittal.rect().center(), QPoint(30, 30)); });
    watched.step("neighbours", [&] {
      f.run(ActionId::LevelNext);
      f.run(ActionId::LevelPrevious);
    });
    watched.step("labels off and on", [&] {
      f.run(ActionId::LabelsOnOff);
      f.run(ActionId::LabelsOnOff);
    });
    watched.step("go to a level", [&] { session.goToLevel(middle); });
    watched.step("brush", [&] { f.run(ActionId::ToolBrush); });
    for (QWidget* view : {&sagittal, &axial, &coronal}) {
      const CasePtr before = session.snapshot();
      watched.step("paint", [&] { drag(*view, Qt::LeftButton, view->rect().center(), QPoint(36, 20)); });
      CHECK(session.snapshot() != before);
    }
    watched.step("a large brush", [&] {
      BrushSettings brush = f.services.tools.brush();
      brush.brushRadius = Mm(20);
      f.services.tools.setBrush(brush);
      drag(axial, Qt::LeftButton, axial.rect().center(), QPoint(80, 60));
    });
    watched.step("undo", [&] { f.run(ActionId::Undo); });
    watched.step("redo", [&] { f.run(ActionId::Redo); });
    watched.step("erase", [&] {
      f.run(ActionId::ToolEraser);
      drag(sagittal, Qt::LeftButton, sagittal.rect().center(), QPoint(40, 10));
    });
    watched.step("rename", [&] {
      f.run(ActionId::EndTool);
      f.run(ActionId::EndTool);
      const std::string now = session.levels()->find(middle)->name;
      std::vector<Level> others = namesToOffer(session, middle);
      std::erase_if(others, [&](Level level) { return levelName(level) == now; });
      REQUIRE_FALSE(others.empty());
      CHECK(nameLevel(session, middle, others.front()));
    });
    watched.step("undo", [&] { f.run(ActionId::Undo); });
    watched.step("restore AI", [&] { restoreLevel(session, f.services.notices, middle); });
    watched.step("merge", [&] { mergeWithBelow(session, middle); });
    watched.step("undo", [&] { f.run(ActionId::Undo); });
    watched.step("delete", [&] { deleteLevel(session, middle); });
    watched.step("undo", [&] { f.run(ActionId::Undo); });
    watched.step("confirm all", [&] { f.run(ActionId::ConfirmAll); });
    viewer::SceneView& scene = f.window.views().scene();
    watched.step("turn in 3D", [&] { drag(scene, Qt::LeftButton, scene.rect().center(), QPoint(60, 20)); });
    watched.step("click in 3D",
                 [&] { QTest::mouseClick(&scene, Qt::LeftButton, Qt::NoModifier, scene.rect().center()); });
    for (const ActionId tab : {ActionId::TabFindings, ActionId::TabMeasures, ActionId::KeyImage,
                               ActionId::TabReport, ActionId::TabLevels})
      watched.step("panels", [&] { f.run(tab); });
    watched.step("export PDF", [&] { f.services.exporter.exportPdf(test::pathOf(folder) / "report.pdf"); });
    watched.step("export SEG", [&] { f.services.exporter.exportSeg(test::pathOf(folder) / "seg.dcm"); });
    watched.step("save", [&] { f.services.keeper.save(test::pathOf(folder) / "case.spondyl"); });
    watched.step("one more", [&] { f.run(ActionId::Undo); });
    watched.step("close the study", [&] { f.window.closeStudy(); });
  }
  WindowFixture f(folder);
  Watched watched(f);
  REQUIRE(f.services.keeper.recoverable().size() == 1);
  watched.step("restore", [&] { f.services.keeper.restore(f.services.keeper.recoverable().front().key); });
  CHECK(f.session().imageComplete());
  watched.step("accept a level again", [&] { CHECK(f.session().apply(ConfirmAll{})); });
}

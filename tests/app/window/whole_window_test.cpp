#include "app/panels/series_panel.h"
#include "app/window/level_commands.h"
#include "tests/app/window/window_fixture.h"
#include "viewer/slice/slice_view.h"

#include <QDropEvent>
#include <QMimeData>

using namespace spondyl;
using namespace spondyl::app;
using test::BlockSpine;
using test::WindowFixture;

namespace {

/// Drops files on the window as a file manager does.
void drop(MainWindow& window, const std::vector<Path>& paths) {
  QMimeData data;
  QList<QUrl> urls;
  for (const Path& path : paths)
    urls << QUrl::fromLocalFile(QString::fromStdString(path.string()));
  data.setUrls(urls);
  QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&window, &enter);
  REQUIRE(enter.isAccepted());
  QDropEvent event(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&window, &event);
}

std::size_t voxelsOf(const Case& c, StructureId id) {
  std::size_t count = 0;
  for (const LabelLayer& layer : c.layers) {
    const auto counts = layer.map.voxelCounts();
    if (id.value < counts.size())
      count += counts[id.value];
  }
  return count;
}

/// Paints from one point of a view to another, with the mouse.
void stroke(viewer::SliceView& view, PointLps from, PointLps to) {
  const viewer::SliceGeometry geometry = view.viewGeometry();
  const auto at = [&](PointLps p) {
    const viewer::ScreenPoint s = geometry.position(p);
    return QPoint(int(s.x), int(s.y));
  };
  QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, at(from));
  for (int n = 1; n <= 4; ++n)
    QTest::mouseMove(&view, at(from + (to - from) * (n / 4.0)));
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, at(to));
}

void openWithLabels(WindowFixture& f, const BlockSpine& spine) {
  drop(f.window, {spine.image});
  REQUIRE(f.settle());
  REQUIRE(f.session().imageComplete());
  drop(f.window, {spine.labels});
  REQUIRE(f.settle());
  REQUIRE(f.session().levels()->rows.size() == 5);
}

} // namespace

TEST_CASE("a dropped image is shown in all planes with its series listed") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  drop(f.window, {spine.image});
  REQUIRE(f.settle());
  CHECK(f.session().imageComplete());
  CHECK(f.window.findChild<SeriesPanel*>()->count() == 2); // study and series
  CHECK(f.services.notices.count(Severity::Error) == 0);
  for (const viewer::ViewKind kind :
       {viewer::ViewKind::Sagittal, viewer::ViewKind::Coronal, viewer::ViewKind::Axial}) {
    const QImage picture = f.window.views().slice(kind).picture();
    REQUIRE_FALSE(picture.isNull());
    CHECK(qGray(picture.pixel(picture.width() / 2 + 9, picture.height() / 2 + 9)) >
          40); // beside the crosshair: body
  }
}

TEST_CASE("of two files without identity in one folder each can be chosen") {
  test::application();
  QTemporaryDir folder;
  const Path images = test::pathOf(folder) / "images";
  std::filesystem::create_directories(images);
  const BlockSpine spine = test::writeBlockSpine(images);
  std::filesystem::rename(spine.labels, images / "other.nii.gz");
  WindowFixture f(folder);
  drop(f.window, {images});
  REQUIRE(f.settle());
  REQUIRE(f.session().listing().studies.size() == 2);
  const std::string first = f.session().listing().studies[0].series[0].uid;
  const std::string second = f.session().listing().studies[1].series[0].uid;
  CHECK(first != second);
  const std::string shown = f.session().series()->uid;
  f.services.opener.showSeries(shown == first ? second : first);
  REQUIRE(f.settle());
  CHECK(f.session().series()->uid != shown);
}

TEST_CASE("a label file dropped on an open image waits as a proposal, one key accepts all") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openWithLabels(f, spine);
  CHECK(f.session().levels()->waiting == 5);
  CHECK(f.session().levels()->rows[0].name == "L1");
  QTest::keyClick(&f.window, Qt::Key_Return, Qt::ShiftModifier);
  REQUIRE(f.settle());
  CHECK(f.session().levels()->waiting == 0);
  CHECK(f.session().snapshot()->structures.all().size() == 5);
  QTest::keyClick(&f.window, Qt::Key_Z, Qt::ControlModifier);
  REQUIRE(f.settle());
  CHECK(f.session().levels()->waiting == 5);
}

TEST_CASE("a case is accepted, painted, renamed, undone, saved, left unsaved, restored and continued") {
  Application& application = test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  const Path saved = test::pathOf(folder) / "case.spondyl";
  CasePtr last;
  {
    auto f = std::make_unique<WindowFixture>(folder);
    application.resetWatchdog();
    openWithLabels(*f, spine);
    Session& session = f->session();
    f->run(ActionId::AcceptAll);
    REQUIRE(f->settle());

    const InstanceId second = session.levels()->rows[1].instance;
    session.goToLevel(second);
    REQUIRE(f->settle());
    const StructureId target = session.levels()->rows[1].structures.front();
    const std::size_t before = voxelsOf(*session.snapshot(), target);
    f->run(ActionId::ToolBrush);
    const PointLps c = BlockSpine::centre(1);
    stroke(f->window.views().slice(viewer::ViewKind::Sagittal), c + VectorLps{0, 4, 0},
           c + VectorLps{0, 24, 0});
    REQUIRE(f->settle());
    CHECK(voxelsOf(*session.snapshot(), target) > before);
    CHECK(session.document()->undoVerb() == "PaintStroke");

    const CasePtr painted = session.snapshot();
    CHECK(nameLevel(session, second, Level::L3));
    REQUIRE(f->settle());
    CHECK(session.levels()->rows[0].name == "L2");
    CHECK(session.levels()->rows[1].name == "L3");
    f->run(ActionId::Undo);
    REQUIRE(f->settle());
    CHECK(session.snapshot() == painted);

    f->services.keeper.save(saved);
    REQUIRE(f->settle());
    CHECK(f->services.keeper.isSaved());
    CHECK(nameLevel(session, second, Level::L3)); // not in the saved file
    REQUIRE(f->settle());
    last = session.snapshot();
    const auto slice = application.longestSlice();
    INFO("longest slice of the main thread: " << slice.milliseconds << " ms, " << slice.what.toStdString());
    CHECK(slice.milliseconds <= 50);
  }
  WindowFixture f(folder);
  REQUIRE(f.services.keeper.recoverable().size() == 1);
  f.services.keeper.restore(f.services.keeper.recoverable().front().key);
  REQUIRE(f.settle());
  CHECK(sameContent(*f.session().snapshot(), *last));
  CHECK(f.session().imageComplete());
  CHECK(f.session().levels()->rows[1].name == "L3");
  CHECK(f.session().apply(ConfirmAll{})); // goes on
  REQUIRE(f.settle());

  drop(f.window, {saved});
  REQUIRE(f.settle());
  CHECK(f.session().imageComplete());
  CHECK(f.session().levels()->rows[1].name == "L2");
}

TEST_CASE("Restore AI brings a painted level back to what was proposed, in one step, on an untouched one it "
          "says so") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openWithLabels(f, spine);
  Session& session = f.session();
  CHECK_FALSE(f.window.actions().action(ActionId::RestoreLevel)->isEnabled()); // it is proposed still
  f.run(ActionId::AcceptAll);
  REQUIRE(f.settle());
  session.goToLevel(session.levels()->rows[1].instance);
  REQUIRE(f.settle());
  const auto idsOf = [&] { return session.snapshot()->layers.front().map.dense(); };
  const auto accepted = idsOf();
  f.run(ActionId::ToolBrush);
  const PointLps c = BlockSpine::centre(1);
  stroke(f.window.views().slice(viewer::ViewKind::Sagittal), c + VectorLps{0, 4, 0}, c + VectorLps{0, 24, 0});
  REQUIRE(f.settle());
  f.run(ActionId::ToolEraser);
  stroke(f.window.views().slice(viewer::ViewKind::Sagittal), c + VectorLps{0, -4, 0},
         c + VectorLps{0, -14, 0});
  REQUIRE(f.settle());
  const CasePtr painted = session.snapshot();
  REQUIRE(idsOf() != accepted);

  f.run(ActionId::RestoreLevel);
  REQUIRE(f.settle());
  CHECK(idsOf() == accepted);
  CHECK(session.levels()->rows[1].state == ItemState::Confirmed);
  f.run(ActionId::Undo);
  REQUIRE(f.settle());
  CHECK(session.snapshot() == painted);
  f.run(ActionId::Redo);
  REQUIRE(f.settle());
  f.run(ActionId::RestoreLevel);
  REQUIRE(f.settle());
  CHECK(idsOf() == accepted);
  REQUIRE_FALSE(f.services.notices.all().empty());
  CHECK(f.services.notices.all().back().text == "This level is as it was proposed.");
}

TEST_CASE("only names that the chain can have are offered") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openWithLabels(f, spine);
  f.run(ActionId::AcceptAll);
  REQUIRE(f.settle());
  for (const LevelRow& row : std::vector(f.session().levels()->rows)) {
    const std::vector<Level> names = namesToOffer(f.session(), row.instance);
    CHECK_FALSE(names.empty());
    for (const Level level : names) {
      INFO(row.name << " as " << levelName(level));
      CHECK(nameLevel(f.session(), row.instance, level));
      f.session().undo();
    }
  }
}

TEST_CASE("Esc gives up a stroke in progress: no edit, no step") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openWithLabels(f, spine);
  f.run(ActionId::AcceptAll);
  REQUIRE(f.settle());
  const CasePtr before = f.session().snapshot();
  f.run(ActionId::ToolBrush);
  viewer::SliceView& view = f.window.views().slice(viewer::ViewKind::Axial);
  QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, view.rect().center());
  QTest::mouseMove(&view, view.rect().center() + QPoint(20, 10));
  f.run(ActionId::EndTool);
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, view.rect().center() + QPoint(30, 10));
  REQUIRE(f.settle());
  CHECK(f.session().snapshot() == before);
}

TEST_CASE("the wheel turns slices, right drag changes the window, keys choose presets and go to neighbours") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  openWithLabels(f, spine);
  viewer::SliceView& axial = f.window.views().slice(viewer::ViewKind::Axial);
  const PointLps start = f.session().view().crosshair;
  QWheelEvent wheel(QPointF(50, 50), axial.mapToGlobal(QPointF(50, 50)), {}, QPoint(0, 120), Qt::NoButton,
                    Qt::NoModifier, Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(&axial, &wheel);
  CHECK(distance(f.session().view().crosshair, start) == Approx(2).margin(1.01)); // to a slice centre

  QTest::mousePress(&axial, Qt::RightButton, Qt::NoModifier, QPoint(60, 60));
  QTest::mouseMove(&axial, QPoint(100, 60));
  QTest::mouseRelease(&axial, Qt::RightButton, Qt::NoModifier, QPoint(100, 60));
  CHECK_FALSE(f.session().view().windowing == viewer::ctPresets()[0].windowing);
  QTest::keyClick(&f.window, Qt::Key_1);
  CHECK(f.session().view().windowing == viewer::ctPresets()[0].windowing);

  f.session().goToLevel(f.session().levels()->rows[1].instance);
  QTest::keyClick(&f.window, Qt::Key_Period);
  CHECK(f.session().selectedRow()->name == "L3");
  QTest::keyClick(&f.window, Qt::Key_Comma);
  CHECK(f.session().selectedRow()->name == "L2");
  CHECK(f.session().view().crosshair.z == Approx(BlockSpine::centre(1).z).margin(3));
}

TEST_CASE("what cannot be opened is said in one line and leaves what is open as it was") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  drop(f.window, {spine.image});
  REQUIRE(f.settle());
  const Path text = test::pathOf(folder) / "letter.dcm";
  REQUIRE(writeFileWhole(text, "Dear colleague").ok());
  drop(f.window, {text});
  REQUIRE(f.settle());
  CHECK(f.services.notices.count(Severity::Error) == 1);
  CHECK(f.session().imageComplete());
}

// A map over the slices: shown, hidden, faded, and gone when the proposal that it belongs to changes.
#include "app/window/map_service.h"
#include "tests/app/window/window_fixture.h"
#include "viewer/slice/slice_view.h"

#include <QAction>
#include <QSettings>

using namespace spondyl;
using namespace spondyl::app;
using test::BlockSpine;
using test::WindowFixture;
using viewer::ScalarKind;
using viewer::ViewKind;

namespace {

/// High on the patient's left of the third block.
viewer::ScalarOverlayPtr mapOf(const Volume& volume, ScalarKind kind) {
  const Grid& grid = volume.grid();
  auto builder = VolumeBuilder::create(grid, VoxelType::UInt16, {1 / 65535.0, 0}).value();
  auto voxels = builder.voxels<std::uint16_t>();
  const PointLps hot = BlockSpine::centre(2) + VectorLps{18, 0, 0};
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i)
        voxels[grid.offset({i, j, k})] = distance(grid.toLps(IndexIjk{i, j, k}), hot) < 9 ? 65535 : 0;
  auto overlay = std::make_shared<viewer::ScalarOverlay>();
  overlay->kind = kind;
  overlay->map = std::move(builder).freeze();
  return overlay;
}

bool checked(WindowFixture& f, ActionId id) {
  f.window.actions().refresh();
  return f.window.actions().action(id)->isChecked();
}

void open(WindowFixture& f, const BlockSpine& spine) {
  f.window.openPaths({spine.image});
  REQUIRE(f.settle());
  f.services.analysis.takeLabels(spine.labels);
  REQUIRE(f.settle());
  REQUIRE(f.session().levels()->rows.size() == 5);
}

QImage coronal(WindowFixture& f) {
  REQUIRE(f.settle());
  return f.window.views().slice(ViewKind::Coronal).picture();
}

} // namespace

TEST_CASE("a map lies over every slice, fades by key, goes by key and leaves the picture as it was") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  f.session().goTo(BlockSpine::centre(2));
  const QImage before = coronal(f);
  f.services.maps.show(mapOf(*f.session().volume(), ScalarKind::Uncertainty));
  const QImage shown = coronal(f);
  CHECK(shown != before);
  CHECK(checked(f, ActionId::UncertaintyMap));
  const viewer::ScreenPoint at =
      f.window.views()
          .slice(ViewKind::Coronal)
          .viewGeometry()
          .position(BlockSpine::centre(2) + VectorLps{18, 0, 5}); // off the crosshair\'s lines
  const double ratio = shown.devicePixelRatio();
  const QPoint pixel(int(at.x * ratio), int(at.y * ratio));
  const QColor hot = shown.pixelColor(pixel);
  CHECK(hot.red() > hot.blue() + 60);                                    // yellow over grey
  CHECK(at.x > f.window.views().slice(ViewKind::Coronal).width() / 2.0); // the patient's left
  QTest::keyClick(&f.window, Qt::Key_J, Qt::ShiftModifier);
  const QColor faded = coronal(f).pixelColor(pixel);
  CHECK(faded.red() - faded.blue() < hot.red() - hot.blue() - 20);
  QTest::keyClick(&f.window, Qt::Key_J);
  CHECK_FALSE(f.services.maps.shown());
  CHECK_FALSE(checked(f, ActionId::UncertaintyMap));
  CHECK(coronal(f) == before);
}

TEST_CASE("a map goes when another proposal comes and when the image goes, not when levels are accepted") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  const auto show = [&](ScalarKind kind) {
    f.services.maps.show(mapOf(*f.session().volume(), kind));
    REQUIRE(f.services.maps.shown());
  };
  show(ScalarKind::Uncertainty);
  f.run(ActionId::AcceptAll);
  REQUIRE(f.settle());
  CHECK(f.services.maps.shown());
  f.services.analysis.takeLabels(spine.labels);
  REQUIRE(f.settle());
  CHECK_FALSE(f.services.maps.shown());
  show(ScalarKind::Uncertainty);
  f.window.closeStudy();
  REQUIRE(f.settle());
  CHECK_FALSE(f.services.maps.shown());
  CHECK_FALSE(f.window.actions().action(ActionId::UncertaintyMap)->isEnabled());
}

TEST_CASE("saliency goes when the structure that it is about is painted") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  WindowFixture f(folder);
  open(f, spine);
  f.run(ActionId::AcceptAll);
  REQUIRE(f.settle());
  f.session().goToLevel(f.session().levels()->rows[2].instance);
  REQUIRE(f.settle());
  f.services.maps.show(mapOf(*f.session().volume(), ScalarKind::Saliency));
  f.run(ActionId::ToolBrush);
  viewer::SliceView& view = f.window.views().slice(ViewKind::Sagittal);
  const CasePtr before = f.session().snapshot();
  const auto at = [&](double x, double y) {
    const viewer::ScreenPoint p = view.viewGeometry().position(BlockSpine::centre(2) + VectorLps{x, y, 0});
    return QPoint(int(p.x), int(p.y));
  };
  QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, at(0, 4));
  for (int n = 1; n <= 4; ++n)
    QTest::mouseMove(&view, at(0, 4 + 5 * n));
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, at(0, 24));
  REQUIRE(f.settle());
  REQUIRE(f.session().snapshot() != before);
  CHECK_FALSE(f.services.maps.shown());
}

TEST_CASE("a map that no network can make is refused in words") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  QSettings(folder.filePath(QStringLiteral("spondyl.ini")), QSettings::IniFormat)
      .setValue(QStringLiteral("inference/models"), folder.filePath(QStringLiteral("none")));
  WindowFixture f(folder);
  open(f, spine);
  f.run(ActionId::UncertaintyMap);
  REQUIRE(f.settle());
  CHECK_FALSE(f.services.maps.shown());
  CHECK(f.services.notices.count(Severity::Error) == 1);
}

// A radiograph in the window: one picture, measured in pixels until its reader says how long a line is.
#include "tests/app/window/window_fixture.h"
#include "viewer/slice/slice_view.h"

#include <QInputDialog>

using namespace spondyl;
using namespace spondyl::app;
using test::WindowFixture;
using viewer::ViewKind;

namespace {

std::string writePicture(const QTemporaryDir& folder) {
  QImage picture(300, 400, QImage::Format_Grayscale8);
  for (int y = 0; y < 400; ++y)
    for (int x = 0; x < 300; ++x)
      picture.scanLine(y)[x] = uchar(x > 130 && x < 170 ? 220 : 40 + y / 8);
  const QString path = folder.filePath(QStringLiteral("spine.png"));
  REQUIRE(picture.save(path));
  return path.toStdString();
}

const Mark& onlyMark(WindowFixture& f) {
  REQUIRE(f.session().snapshot()->marks.size() == 1);
  return f.session().snapshot()->marks.front();
}

} // namespace

TEST_CASE("a radiograph opens alone in its view, is calibrated by a line and comes back as it was left") {
  test::application();
  QTemporaryDir folder;
  const std::string path = writePicture(folder);
  {
    WindowFixture f(folder);
    f.window.openPaths({path});
    REQUIRE(f.settle());
    REQUIRE(f.session().imageComplete());
    REQUIRE(f.session().view().ownPlane);
    viewer::SliceView& view = f.window.views().slice(ViewKind::Coronal);
    CHECK(view.isVisible());
    CHECK_FALSE(f.window.views().slice(ViewKind::Sagittal).isVisible());
    for (const ActionId id : {ActionId::LayoutOneAndThree, ActionId::Maximise, ActionId::SlabModes,
                              ActionId::CrosshairOnOff, ActionId::Unalign, ActionId::SliceNext})
      f.run(id);
    REQUIRE(f.settle());
    CHECK(view.isVisible());
    CHECK_FALSE(f.window.views().slice(ViewKind::Axial).isVisible());
    CHECK(f.session().view().slabMm == 0);

    f.run(ActionId::ToolDistance);
    const auto g = view.viewGeometry();
    test::drag(view, {100, 100}, {100, 200});
    REQUIRE(f.settle());
    const double pixels = 100 * g.mmPerPixel;
    CHECK(onlyMark(f).value.ends_with(" px"));
    CHECK(std::stod(onlyMark(f).value) == Approx(pixels).epsilon(0.03));
    const double length = viewer::distanceOf(onlyMark(f));

    f.run(ActionId::Calibrate);
    auto* ask = f.window.findChild<QInputDialog*>(QStringLiteral("calibrate"));
    REQUIRE(ask);
    CHECK(ask->labelText().contains(QStringLiteral("px")));
    ask->setDoubleValue(50);
    ask->accept();
    REQUIRE(f.settle());
    CHECK(onlyMark(f).value == "50.0 mm by a line");
    const std::string uid = f.session().view().seriesUid;
    REQUIRE(f.session().snapshot()->calibration(uid, 0));
    CHECK(f.session().snapshot()->calibration(uid, 0)->mmPerUnit == Approx(50 / length));
    f.run(ActionId::Undo); // the calibration and what follows from it are one step
    REQUIRE(f.settle());
    CHECK(onlyMark(f).value.ends_with(" px"));
    CHECK_FALSE(f.session().snapshot()->calibration(uid, 0));
    f.run(ActionId::Redo);
    REQUIRE(f.settle());

    CHECK_FALSE(f.window.actions().action(ActionId::Analyse)->isEnabled());
    f.services.analysis.run(); // asked for all the same
    REQUIRE(f.settle());
    CHECK(f.session().snapshot()->proposals.empty());
    f.window.closeStudy();
  }
  WindowFixture f(folder);
  REQUIRE(f.services.keeper.recoverable().size() == 1);
  f.services.keeper.restore(f.services.keeper.recoverable().front().key);
  REQUIRE(f.settle());
  CHECK(onlyMark(f).value == "50.0 mm by a line");
  CHECK(f.session().view().ownPlane);
  f.run(ActionId::ForgetCalibration);
  REQUIRE(f.settle());
  CHECK(onlyMark(f).value.ends_with(" px"));
}

#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/capture/capture.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

CaptureRequest small(CaptureView view) {
  CaptureRequest r;
  r.view = view;
  r.width = 320;
  r.height = 241;
  return r;
}

} // namespace

TEST_CASE("Words of the command line become views, slabs and windows") {
  CHECK(captureViewFromName("3d") == CaptureView::Scene3d);
  CHECK(captureViewFromName("grid") == CaptureView::Grid);
  CHECK_FALSE(captureViewFromName("front").has_value());
  CHECK(slabFromText("10:mip")->thicknessMm == 10);
  CHECK(slabFromText("10:mip")->mode == SlabMode::Maximum);
  CHECK(slabFromText("2.5:min")->mode == SlabMode::Minimum);
  CHECK_FALSE(slabFromText("10").has_value());
  CHECK_FALSE(slabFromText("-1:mip").has_value());
  CHECK(windowingFromText("40,400") == Windowing{40, 400});
  CHECK(windowingFromText("-600, 1500") == Windowing{-600, 1500});
  CHECK(windowingFromText("bone") == Windowing{400, 2000});
  CHECK_FALSE(windowingFromText("40,0").has_value());
  CHECK_FALSE(windowingFromText("40,x").has_value());
}

TEST_CASE("Every view has exactly the asked size") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  Photographer photographer(spine.volume, spine.document, "1.2.3");
  for (const CaptureView view : {CaptureView::Sagittal, CaptureView::Coronal, CaptureView::Axial,
                                 CaptureView::Scene3d, CaptureView::Grid}) {
    const auto picture = photographer.take(small(view));
    REQUIRE(picture.ok());
    CHECK(picture->size() == QSize(320, 241));
  }
  CHECK_FALSE(photographer.rendererName().empty());
}

TEST_CASE("A level's picture goes through its body, another level's picture is another one") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  Photographer photographer(spine.volume, spine.document, "1.2.3");
  CaptureRequest r = small(CaptureView::Axial);
  r.annotations = AnnotationDisplay::None;
  r.labels = LabelDisplay::FillAndOutline;
  r.level = Level::L4;
  const auto rgb = structureColour(*spine.shown->structures.find(spine.bodies[3]), spine.shown->chain);
  const auto picture = photographer.take(r);
  REQUIRE(picture.ok());
  // The outline is drawn in the label's own colour, nearly opaque.
  CHECK(centreOfColour(*picture, QColor(rgb[0], rgb[1], rgb[2]), 40).count > 60);
  r.level = Level::L2;
  CHECK(*photographer.take(r) != *picture);
  r.level = Level::T4;
  const auto missing = photographer.take(r);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::UnknownItem);
}

TEST_CASE(
    "A point outside the volume is refused, one inside is shown in the middle of a narrow field of view") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  Photographer photographer(spine.volume, spine.document, "1.2.3");
  CaptureRequest r = small(CaptureView::Coronal);
  r.at = PointLps{500, 0, 0};
  REQUIRE_FALSE(photographer.take(r).ok());
  r.at = PointLps{60, -20, 0}; // the bright marker
  r.labels = LabelDisplay::Off;
  r.annotations = AnnotationDisplay::None;
  r.fieldOfViewMm = 60;
  const auto picture = photographer.take(r);
  REQUIRE(picture.ok());
  const ColourCentre c = centreOfBright(picture->copy(40, 40, 240, 160), 200);
  CHECK(c.count > 3000);
  CHECK(std::abs(c.x + 40 - 160) < 2);
  CHECK(std::abs(c.y + 40 - 120.5) < 2);
}

TEST_CASE("Pictures do not depend on the crosshair unless it is asked for") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  Photographer photographer(spine.volume, spine.document, "1.2.3");
  CaptureRequest r = small(CaptureView::Axial);
  r.level = Level::L3;
  const auto without = photographer.take(r);
  r.crosshair = true;
  CHECK(*photographer.take(r) != *without);
}

TEST_CASE("Unaccepted proposals are left out when asked") {
  application();
  const MadeSpine spine = madeSpine(madeGrid(), ItemState::Proposed);
  Photographer photographer(spine.volume, spine.document, "1.2.3");
  CaptureRequest r = small(CaptureView::Sagittal);
  r.annotations = AnnotationDisplay::None;
  r.at = spine.centres[2];
  const auto with = photographer.take(r);
  r.includeProposed = false;
  const auto without = photographer.take(r);
  REQUIRE((with.ok() && without.ok()));
  CHECK(*with != *without);
}

TEST_CASE("PNG files are written whole and read back exactly, a folder that is not there is said") {
  application();
  const auto folder = std::filesystem::temp_directory_path() / ("spondyl-capture-" + newUuid());
  std::filesystem::create_directory(folder);
  QImage picture(33, 17, QImage::Format_RGB32);
  for (int y = 0; y < 17; ++y)
    for (int x = 0; x < 33; ++x)
      picture.setPixel(x, y, qRgb(x * 7, y * 15, 100));
  REQUIRE(savePng(picture, folder / "a.png").ok());
  CHECK(QImage(QString::fromStdString((folder / "a.png").string())).convertToFormat(QImage::Format_RGB32) ==
        picture);
  CHECK_FALSE(savePng(picture, folder / "no" / "a.png").ok());
  std::filesystem::remove_all(folder);
}

TEST_CASE("Contact sheets keep order and size") {
  application();
  std::vector<QImage> cells;
  for (const QColor c : {Qt::red, Qt::green, Qt::blue}) {
    QImage i(20, 10, QImage::Format_RGB32);
    i.fill(c);
    cells.push_back(i);
  }
  const QImage sheet = contactSheet(cells, 2, 4);
  CHECK(sheet.size() == QSize(44, 24));
  CHECK(sheet.pixelColor(5, 5) == QColor(Qt::red));
  CHECK(sheet.pixelColor(30, 5) == QColor(Qt::green));
  CHECK(sheet.pixelColor(5, 18) == QColor(Qt::blue));
}

TEST_CASE("Curved pictures have the asked size, straightened and stretched ones differ, no spine is said") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  Photographer photographer(spine.volume, spine.document, "1.2.3");
  CHECK(captureViewFromName("cpr") == CaptureView::Curved);
  CHECK(captureViewFromName("cpr-coronal") == CaptureView::CurvedCoronal);
  for (const CaptureView view : {CaptureView::Curved, CaptureView::CurvedCoronal}) {
    CaptureRequest r = small(view);
    const auto straightened = photographer.take(r);
    REQUIRE(straightened.ok());
    CHECK(straightened->size() == QSize(320, 241));
    r.curvedMode = CurvedMode::Stretched;
    const auto stretched = photographer.take(r);
    REQUIRE(stretched.ok());
    CHECK(*stretched != *straightened);
    r.curvedAlong = CurvedAlong::Canal; // none is outlined
    REQUIRE_FALSE(photographer.take(r).ok());
  }
  auto bare = std::make_shared<Case>(*spine.document);
  bare->chain.entries.clear();
  const auto none = Photographer(spine.volume, bare, "1.2.3").take(small(CaptureView::Curved));
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::UnknownItem);
}

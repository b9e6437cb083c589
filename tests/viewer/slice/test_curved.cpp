#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/slice/annotations.h"
#include "viewer/slice/centre_line.h"
#include "viewer/slice/curved_reslice.h"
#include "viewer/slice/slice_view.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

constexpr GridKind everyKind[] = {GridKind::Plain, GridKind::Oblique, GridKind::LeftHanded,
                                  GridKind::Sheared};
const PointLps leftBall{60, -20, 0}; // on the patient's left, in front, at the height of L3

SliceInput curvedInput(const MadeSpine& spine, ViewKind view, CurvedMode mode) {
  application();
  SliceInput in;
  in.volume = spine.volume;
  in.document = spine.document;
  in.shown = spine.shown;
  in.state = initialState(*spine.document->series("1.2.3"), *spine.volume);
  in.state.crosshair = spine.centres[2];
  in.state.curved[std::size_t(view)] = mode;
  in.view = view;
  in.width = 360;
  in.height = 420;
  prepareCurved(in);
  return in;
}

} // namespace

TEST_CASE("Rows resliced one by one equal the plane that they make together") {
  const MadeSpine spine = madeSpine(madeGrid(GridKind::Oblique));
  const Raster raster{{-70, -60, -60}, {0.9, 0.1, 0.2}, {0.1, 0.2, 0.9}, 130, 110};
  std::vector<SampleLine> lines;
  for (int r = 0; r < raster.height; ++r)
    lines.push_back({raster.at(0, r), raster.stepColumn, {0, 1, 0}});
  const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    std::size_t different = 0;
    for (std::size_t n = 0; n < a.size(); ++n)
      different += std::isnan(a[n]) != std::isnan(b[n]) || std::abs(a[n] - b[n]) > 1e-3f;
    return different == 0;
  };
  CHECK(same(resliceLines(*spine.volume, lines, raster.width, Interpolation::Linear),
             reslice(*spine.volume, raster, Interpolation::Linear)));
  const Slab slab{9, SlabMode::Maximum, {0, 1, 0}};
  CHECK(same(resliceLines(*spine.volume, lines, raster.width, Interpolation::Linear, slab),
             reslice(*spine.volume, raster, Interpolation::Linear, slab)));
  const LabelMap& map = spine.shown->layers.front().map;
  CHECK(resliceLabelLines(map, lines, raster.width) == resliceLabels(map, raster));
}

TEST_CASE("The centre line goes through the bodies and the discs between them") {
  const MadeSpine spine = madeSpine(madeGrid());
  const CentreLinePtr line = centreLine(*spine.shown, "1.2.3", "1.2.4", CurvedAlong::Bodies);
  REQUIRE(line);
  REQUIRE(line->points.size() == 9); // five bodies, four discs
  for (std::size_t v = 0; v < 5; ++v)
    CHECK(distance(line->points[2 * v].at, spine.centres[v]) < 2);
  for (std::size_t v = 0; v < 4; ++v) // the made discs lie under the body above, 17 mm below its middle
    CHECK(distance(line->points[2 * v + 1].at, spine.centres[v] + VectorLps{0, 0, -17}) < 2.5);
  // No zigzag: neighbouring directions differ by a few degrees.
  for (std::size_t n = 0; n + 2 < line->points.size(); ++n)
    CHECK(dot(normalized(line->points[n + 1].at - line->points[n].at),
              normalized(line->points[n + 2].at - line->points[n + 1].at)) > 0.99);
  CHECK_FALSE(centreLine(*spine.shown, "1.2.3", "1.2.4", CurvedAlong::Canal)); // none is outlined
  CHECK_FALSE(centreLine(EffectiveCase{}, "1.2.3", "1.2.4", CurvedAlong::Bodies));
}

TEST_CASE("The marker lies at its computed pixel in every curved view, on every grid") {
  for (const GridKind kind : everyKind) {
    const MadeSpine spine = madeSpine(madeGrid(kind));
    for (const ViewKind view : {ViewKind::Sagittal, ViewKind::Coronal})
      for (const CurvedMode mode : {CurvedMode::Straightened, CurvedMode::Stretched})
        for (const double ratio : {1.0, 2.0}) {
          SliceInput in = curvedInput(spine, view, mode);
          in.state.crosshair = leftBall; // the sheet moves so that it holds the marker
          in.state.labels = LabelDisplay::Off;
          in.state.annotations = AnnotationDisplay::None;
          in.devicePixelRatio = ratio;
          const QImage picture = renderSlice(in);
          REQUIRE(picture.size() == QSize(int(360 * ratio), int(420 * ratio)));
          const CurvedGeometry g = curvedGeometry(in.state, view, in.sheet, in.width, in.height);
          CHECK(distance(g.at(g.position(leftBall)), leftBall) < 0.1);
          const ScreenPoint expected = g.position(leftBall);
          const ColourCentre found =
              centreOfBright(picture.copy(int((expected.x - 40) * ratio), int((expected.y - 40) * ratio),
                                          int(80 * ratio), int(80 * ratio)),
                             200);
          INFO(int(kind) << " " << int(view) << " " << int(mode));
          CHECK(found.count > 50);
          CHECK(std::abs(found.x / ratio + std::floor((expected.x - 40) * ratio) / ratio - expected.x) < 1.6);
          CHECK(std::abs(found.y / ratio + std::floor((expected.y - 40) * ratio) / ratio - expected.y) < 1.6);
          if (view == ViewKind::Coronal)
            CHECK(expected.x > g.position(spine.centres[2]).x); // the patient's left at the right
          else
            CHECK(expected.x < g.position(spine.centres[2]).x); // in front, at the left
        }
  }
}

TEST_CASE("Letters of curved views say what lies there, on mirrored and oblique grids too") {
  for (const GridKind kind : everyKind) {
    const MadeSpine spine = madeSpine(madeGrid(kind));
    for (const CurvedMode mode : {CurvedMode::Straightened, CurvedMode::Stretched}) {
      const SliceInput sagittal = curvedInput(spine, ViewKind::Sagittal, mode);
      const CurvedGeometry s = curvedGeometry(sagittal.state, ViewKind::Sagittal, sagittal.sheet, 360, 420);
      const EdgeLetters sl = edgeLetters(s.flatAt({180, 210}).plane);
      CHECK(sl.left.front() == 'A');
      CHECK(sl.right.front() == 'P');
      CHECK(sl.top.front() == 'H');
      const SliceInput coronal = curvedInput(spine, ViewKind::Coronal, mode);
      const CurvedGeometry c = curvedGeometry(coronal.state, ViewKind::Coronal, coronal.sheet, 360, 420);
      const EdgeLetters cl = edgeLetters(c.flatAt({180, 210}).plane);
      CHECK(cl.left.front() == 'R');
      CHECK(cl.right.front() == 'L');
      CHECK(cl.bottom.front() == 'F');
      // By anatomy, not by vectors: from the body to the spinous process is to the right of the picture.
      const PointLps process = spine.centres[2] + VectorLps{0, 44, -10};
      CHECK(s.position(process).x > s.position(spine.centres[2]).x + 20);
      CHECK(s.position(spine.centres[0]).y < s.position(spine.centres[4]).y - 80);
    }
  }
}

TEST_CASE("A click on a curved picture is a point of the patient on the sheet") {
  application();
  const MadeSpine spine = madeSpine(madeGrid(GridKind::Oblique));
  SliceView view(ViewKind::Coronal);
  view.resize(360, 420);
  const SliceInput in = curvedInput(spine, ViewKind::Coronal, CurvedMode::Straightened);
  view.setContents(spine.volume, spine.document, spine.shown, in.state);
  REQUIRE(view.curvedViewGeometry());
  const CurvedGeometry g = *view.curvedViewGeometry();
  for (const PointLps centre : spine.centres)
    CHECK(distance(g.at(g.position(centre)), centre) < 3.5); // the sheet passes them within that
  CHECK(std::abs(g.distance(in.state.crosshair)) < 1e-6);    // and holds the crosshair
  ViewState flat = in.state;
  flat.curved = {};
  view.setState(flat);
  CHECK_FALSE(view.curvedViewGeometry());
}

TEST_CASE("Without a centre line a curved view says what it needs") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = curvedInput(spine, ViewKind::Sagittal, CurvedMode::Straightened);
  in.shown = std::make_shared<const EffectiveCase>();
  prepareCurved(in);
  CHECK_FALSE(in.sheet);
  const QImage picture = renderSlice(in);
  CHECK(picture.size() == QSize(360, 420));
  CHECK(centreOfColour(picture.copy(30, 170, 300, 80), QColor(0x98, 0xA0, 0xA8), 30).count > 40); // words
}

TEST_CASE("Golden: curved views, straightened and stretched, plain and mirrored grids") {
  const MadeSpine spine = madeSpine(madeGrid());
  const struct {
    const char* name;
    ViewKind view;
    CurvedMode mode;
  } pictures[] = {{"curved-sagittal-straightened", ViewKind::Sagittal, CurvedMode::Straightened},
                  {"curved-sagittal-stretched", ViewKind::Sagittal, CurvedMode::Stretched},
                  {"curved-coronal-straightened", ViewKind::Coronal, CurvedMode::Straightened}};
  for (const auto& p : pictures) {
    const auto difference = compareToGolden(renderSlice(curvedInput(spine, p.view, p.mode)), p.name, 24);
    INFO(difference.words);
    CHECK(difference.found);
    CHECK(difference.fraction < 0.01);
  }
}

#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/slice/annotations.h"
#include "viewer/slice/overlay_paint.h"
#include "viewer/state/mark.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

SliceInput inputOf(const MadeSpine& spine, ViewKind view) {
  application();
  SliceInput in;
  in.volume = spine.volume;
  in.document = spine.document;
  in.shown = spine.shown;
  in.state = initialState(*spine.document->series("1.2.3"), *spine.volume);
  in.state.labels = LabelDisplay::Off;
  in.view = view;
  in.width = 400;
  in.height = 360;
  return in;
}

QStringList marksOf(const SliceInput& in) {
  QStringList out;
  for (const CornerMark& mark : cornerTexts(in, geometryOf(in)).marks)
    out << mark.text;
  return out;
}

// Pixels that differ between two pictures.
int differing(const QImage& a, const QImage& b) {
  int count = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x)
      count += a.pixel(x, y) != b.pixel(x, y);
  return count;
}

} // namespace

TEST_CASE("A slice on voxel centres bears no mark, oblique ones and those between say interpolated") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = inputOf(spine, ViewKind::Axial);
  CHECK(marksOf(in).isEmpty());
  in.state = movedTo(in.state, in.state.crosshair + VectorLps{0, 0, 0.7});
  CHECK(marksOf(in) == QStringList{QStringLiteral("interpolated")});
  const MadeSpine oblique = madeSpine(madeGrid(GridKind::Oblique));
  CHECK(marksOf(inputOf(oblique, ViewKind::Sagittal)) == QStringList{QStringLiteral("interpolated")});
}

TEST_CASE("Lossy images say so in every view, also with the texts hidden") {
  MadeSpine spine = madeSpine(madeGrid());
  const SliceInput plain = inputOf(spine, ViewKind::Axial);
  auto c = std::make_shared<Case>(*spine.document);
  Study study = *c->studies.begin();
  study.series[0].lossy = true;
  c->studies = std::vector<Study>{study};
  spine.document = c;
  SliceInput in = inputOf(spine, ViewKind::Axial);
  CHECK(marksOf(in) == QStringList{QStringLiteral("lossy")});
  SliceInput bare = plain;
  in.state.annotations = bare.state.annotations = AnnotationDisplay::None;
  const QImage with = renderSlice(in), without = renderSlice(bare);
  const QRect corner(300, 320, 100, 40);
  CHECK(differing(with.copy(corner), without.copy(corner)) > 100);
  CHECK(differing(with.copy(0, 0, 400, 300), without.copy(0, 0, 400, 300)) == 0);
}

TEST_CASE("Reference lines are drawn with the crosshair hidden, slab edges lie half its thickness away") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = inputOf(spine, ViewKind::Sagittal);
  in.state.crosshairVisible = false;
  const QImage without = renderSlice(in);
  in.state.referenceLines = true;
  const QImage with = renderSlice(in);
  const SliceGeometry g = geometryOf(in);
  const ScreenPoint p = g.position(in.state.crosshair);
  // The axial plane's line crosses the picture at the crosshair's height.
  const auto differs = [&](const QImage& a, int y) {
    return differing(a.copy(100, y, 60, 1), without.copy(100, y, 60, 1)) > 25;
  };
  CHECK(differs(with, int(p.y)));
  in.state.slabMm = 30;
  const QImage slab = renderSlice(in);
  in.state.referenceLines = false;
  const QImage slabAlone = renderSlice(in);
  const int away = int(std::lround(15 / g.mmPerPixel));
  int edges = 0;
  for (int side : {-away, away})
    for (int near : {-1, 0, 1})
      edges += differing(slab.copy(100, int(p.y) + side + near, 60, 1),
                         slabAlone.copy(100, int(p.y) + side + near, 60, 1)) > 15;
  CHECK(edges >= 2);
  CHECK(cornerTexts(in, g).bottomLeft.join(QLatin1Char(' ')).contains(QStringLiteral("Slab 30.0 mm mean")));
}

TEST_CASE("Golden: what a reader draws") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = inputOf(spine, ViewKind::Sagittal);
  in.state = movedTo(in.state,
                     spine.volume->grid().toLps(nearestIndex(spine.volume->grid().toIjk(spine.centres[2]))));
  in.crosshair = false;
  in.width = 560;
  in.height = 480;
  const SliceGeometry g = geometryOf(in);
  const auto mark = [&](std::uint32_t id, MarkKind kind, std::vector<ScreenPoint> at) {
    Mark m;
    m.id = id;
    m.kind = kind;
    m.plane = g.plane;
    for (const ScreenPoint p : at)
      m.points.push_back(g.at(p));
    m.value = markValue(m, *spine.volume, {"mm", "", "HU"});
    return m;
  };
  Mark arrow = mark(6, MarkKind::Arrow, {{90, 330}, {170, 300}});
  arrow.words = "fatty end plate";
  Overlay overlay;
  addMark(overlay, mark(1, MarkKind::Distance, {{330, 90}, {420, 120}}), false);
  addMark(overlay, mark(2, MarkKind::Angle, {{60, 120}, {120, 160}, {60, 200}}), false);
  addMark(overlay, mark(3, MarkKind::Cobb, {{180, 110}, {300, 96}, {180, 380}, {300, 400}}), true);
  addMark(overlay, mark(4, MarkKind::Ellipse, {{210, 215}, {270, 265}}), false);
  addMark(overlay, mark(5, MarkKind::Region, {{360, 330}, {430, 310}, {440, 380}, {370, 400}}), false);
  addMark(overlay, arrow, false);
  in.overlay = std::make_shared<const Overlay>(overlay);
  const auto difference = compareToGolden(renderSlice(in), "slice-marks", 24);
  INFO(difference.words);
  CHECK(difference.found);
  CHECK(difference.fraction < 0.01);
}

#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/slice/annotations.h"
#include "viewer/slice/corner_text.h"
#include "viewer/slice/overlay_paint.h"
#include "viewer/slice/render_slice.h"

#include "core/edit/edit.h"

#include <catch2/catch.hpp>

#include <cmath>

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
  in.view = view;
  in.width = 400;
  in.height = 300;
  return in;
}

SliceInput bare(const MadeSpine& spine, ViewKind view) {
  SliceInput in = inputOf(spine, view);
  in.state.labels = LabelDisplay::Off;
  in.state.annotations = AnnotationDisplay::None;
  in.crosshair = false;
  return in;
}

const PointLps leftBall{60, -20, 0}; // the made patient's marker, 12 mm, on the patient's left, in front

} // namespace

TEST_CASE("The marker on the patient's left lies at its computed pixel, on every grid and view") {
  for (const GridKind kind : {GridKind::Plain, GridKind::Oblique, GridKind::LeftHanded, GridKind::Sheared}) {
    const MadeSpine spine = madeSpine(madeGrid(kind));
    for (const ViewKind view : {ViewKind::Sagittal, ViewKind::Coronal, ViewKind::Axial})
      for (const double ratio : {1.0, 2.0}) {
        SliceInput in = bare(spine, view);
        in.devicePixelRatio = ratio;
        in.state = movedTo(in.state, leftBall);
        const QImage picture = renderSlice(in);
        REQUIRE(picture.size() == QSize(int(400 * ratio), int(300 * ratio)));
        const ScreenPoint expected = geometryOf(in).position(leftBall);
        // The ball is 1200 HU, all else in its plane below: brighter than 200 under bone.
        ColourCentre found = centreOfBright(
            picture.copy(int(40 * ratio), int(30 * ratio), int(320 * ratio), int(220 * ratio)), 200);
        CHECK(found.count > 50);
        CHECK(std::abs(found.x / ratio + 40 - expected.x) < 1.0);
        CHECK(std::abs(found.y / ratio + 30 - expected.y) < 1.0);
        if (view == ViewKind::Axial) {
          CHECK(expected.x > 200); // the patient's left at the right of the screen
          CHECK(expected.y < 150); // anterior up
        }
      }
  }
}

TEST_CASE("Interactive pictures show the same place as full ones") {
  const MadeSpine spine = madeSpine(madeGrid(GridKind::Oblique));
  for (const ViewKind view : {ViewKind::Sagittal, ViewKind::Axial}) {
    SliceInput in = bare(spine, view);
    in.state = movedTo(in.state, leftBall);
    const ScreenPoint expected = geometryOf(in).position(leftBall);
    in.quality = SliceQuality::Interactive;
    const ColourCentre found = centreOfBright(renderSlice(in).copy(40, 30, 320, 220), 200);
    CHECK(std::abs(found.x + 40 - expected.x) < 1.5);
    CHECK(std::abs(found.y + 30 - expected.y) < 1.5);
  }
}

TEST_CASE("Letters come from the plane: left of the patient at the right, up to three when oblique") {
  const EdgeLetters axial = edgeLetters(axialPlane({}));
  CHECK(axial.left == "R");
  CHECK(axial.right == "L");
  CHECK(axial.top == "A");
  CHECK(axial.bottom == "P");
  const EdgeLetters sagittal = edgeLetters(sagittalPlane({}));
  CHECK(sagittal.left == "A");
  CHECK(sagittal.right == "P");
  CHECK(sagittal.top == "H");
  CHECK(sagittal.bottom == "F");
  const VectorLps right = normalized(VectorLps{0.7, 0.6, 0.3});
  const VectorLps down = normalized(cross(VectorLps{0, 0, 1}, right));
  const EdgeLetters oblique = edgeLetters({{}, right, down});
  CHECK(oblique.right == "LPH");
  CHECK(oblique.left == "RAF");
  // A mirrored plane has mirrored letters.
  CHECK(edgeLetters({{}, {-1, 0, 0}, {0, 1, 0}}).right == "R");
}

TEST_CASE("Labels are painted in their colour around the body's computed centre, off means none") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = bare(spine, ViewKind::Sagittal);
  in.state = movedTo(in.state, spine.centres[2]);
  const QImage without = renderSlice(in);
  in.state.labels = LabelDisplay::FillAndOutline;
  in.state.labelNames = false;
  in.state.labelOpacity = 1.0;
  const QImage with = renderSlice(in);
  CHECK(without != with);
  const SliceGeometry g = geometryOf(in);
  for (std::size_t v = 1; v < 4; ++v) { // the outer ones are cut by the sinuous chain
    const ScreenPoint p = g.position(spine.centres[v]);
    const auto rgb = structureColour(*spine.shown->structures.find(spine.bodies[v]), spine.shown->chain);
    const QColor at = with.pixelColor(int(p.x), int(p.y));
    CHECK(std::abs(at.red() - rgb[0]) < 12);
    CHECK(std::abs(at.green() - rgb[1]) < 12);
    CHECK(std::abs(at.blue() - rgb[2]) < 12);
  }
  in.state.labels = LabelDisplay::Outline;
  const QImage outline = renderSlice(in);
  const ScreenPoint inside = g.position(spine.centres[2]);
  CHECK(outline.pixel(int(inside.x), int(inside.y)) == without.pixel(int(inside.x), int(inside.y)));
  CHECK(outline != without);
  in.state.hidden[spine.bodies[2]] = true;
  const QImage hidden = renderSlice(in);
  CHECK(hidden.pixel(int(inside.x), int(inside.y)) == without.pixel(int(inside.x), int(inside.y)));
}

TEST_CASE("What is proposed has a broken outline and a fainter fill than what is confirmed") {
  const Grid grid = madeGrid();
  const auto drawn = [&](ItemState state, LabelDisplay display) {
    const MadeSpine spine = madeSpine(grid, state);
    SliceInput in = bare(spine, ViewKind::Axial);
    in.state = movedTo(in.state, spine.centres[2]);
    const QImage without = renderSlice(in);
    in.state.labels = display;
    in.state.labelNames = false;
    const QImage with = renderSlice(in);
    double sum = 0;
    int count = 0;
    for (int y = 0; y < with.height(); ++y)
      for (int x = 0; x < with.width(); ++x)
        if (with.pixel(x, y) != without.pixel(x, y)) {
          ++count;
          sum += std::abs(qBlue(with.pixel(x, y)) - qBlue(without.pixel(x, y)));
        }
    return std::pair{count, sum};
  };
  const auto solid = drawn(ItemState::Confirmed, LabelDisplay::Outline),
             dashed = drawn(ItemState::Proposed, LabelDisplay::Outline);
  CHECK(dashed.first > solid.first * 45 / 100);
  CHECK(dashed.first < solid.first * 85 / 100);
  CHECK(drawn(ItemState::Proposed, LabelDisplay::FillAndOutline).second <
        drawn(ItemState::Confirmed, LabelDisplay::FillAndOutline).second * 0.9);
}

TEST_CASE("A cached picture is the same as a fresh one, whatever changed in between") {
  const MadeSpine spine = madeSpine(madeGrid(GridKind::Oblique));
  SliceCache cache;
  SliceInput in = inputOf(spine, ViewKind::Coronal);
  CHECK(renderSlice(in, &cache) == renderSlice(in));
  in.state.windowing = {40, 400};
  CHECK(renderSlice(in, &cache) == renderSlice(in));
  in.state = scrolled(in.state, ViewKind::Coronal, 3, *spine.volume);
  CHECK(renderSlice(in, &cache) == renderSlice(in));
  in.state.slabMm = 9;
  CHECK(renderSlice(in, &cache) == renderSlice(in));
  in.quality = SliceQuality::Interactive;
  CHECK(renderSlice(in, &cache) == renderSlice(in));
}

TEST_CASE("The preview of a stroke shows the voxels that the edit will change, and no others") {
  application();
  for (const GridKind kind : {GridKind::Plain, GridKind::Oblique, GridKind::Sheared})
    for (const BrushShape shape : {BrushShape::Circle, BrushShape::Sphere})
      for (const EditInside inside : {EditInside::Anything, EditInside::BackgroundOnly}) {
        const MadeSpine spine = madeSpine(madeGrid(kind));
        SliceInput in = bare(spine, ViewKind::Sagittal);
        in.state = movedTo(in.state, spine.centres[2]);
        in.state.labels = LabelDisplay::FillAndOutline;
        in.state.labelNames = false;
        PaintStroke stroke;
        stroke.seriesUid = "1.2.3";
        stroke.target = spine.bodies[1];
        stroke.shape = shape;
        stroke.inside = inside;
        stroke.radius = Mm(6.3);
        stroke.plane = in.state.plane(ViewKind::Sagittal);
        const PointLps c = spine.centres[2];
        SliceCache cache;
        for (int n = 0; n < 12; ++n) { // point by point, as a hand does
          stroke.path.push_back(c + VectorLps{0, -12.0 + 2.1 * n, 9 * std::sin(n / 2.0)});
          in.stroke = stroke;
          (void)renderSlice(in, &cache);
        }
        const QImage preview = renderSlice(in, &cache);
        const auto applied = apply(spine.document, stroke, {"tester", "2026-01-01T00:00:00Z"});
        REQUIRE(applied.ok());
        SliceInput after = in;
        after.stroke.reset();
        after.document = applied->next;
        after.shown = std::make_shared<const EffectiveCase>(effective(*applied->next));
        // The edit moves states from confirmed to edited, which look the same.
        const QImage edited = renderSlice(after);
        int different = 0;
        for (int y = 0; y < edited.height(); ++y)
          for (int x = 0; x < edited.width(); ++x)
            different += edited.pixel(x, y) != preview.pixel(x, y);
        INFO("grid " << int(kind) << " shape " << int(shape) << " inside " << int(inside));
        CHECK(different == 0);
        after.shown = spine.shown;
        CHECK(renderSlice(after) != preview);
      }
}

TEST_CASE("Corner texts say who, what, where, anonymous ones do not say who") {
  const MadeSpine spine = madeSpine(madeGrid(), ItemState::Proposed);
  SliceInput in = inputOf(spine, ViewKind::Axial);
  CornerTexts texts = cornerTexts(in, geometryOf(in));
  CHECK(texts.topLeft.join('|').contains("Doe"));
  CHECK(texts.topLeft.join('|').contains("4711"));
  CHECK(texts.topRight.join('|').contains("120 kVp"));
  CHECK(texts.bottomLeft.first().startsWith("Axial"));
  CHECK(texts.bottomLeft.first().endsWith("49/96"));
  CHECK(texts.bottomRight.join('|').contains("W 2000  L 400"));
  CHECK(texts.unreviewed);
  in.state.annotations = AnnotationDisplay::Anonymous;
  texts = cornerTexts(in, geometryOf(in));
  CHECK(texts.topLeft.isEmpty());
  in.state.slabMm = 12;
  in.state.slabMode = SlabMode::Maximum;
  CHECK(cornerTexts(in, geometryOf(in)).bottomLeft.last().contains("12.0 mm MIP"));
  CHECK(positionText({-3.2, 4, -5.5}).toStdString() == "R 3.2  P 4.0  F 5.5 mm");
}

TEST_CASE("The words not for diagnostic use and the letters stay when all other texts are hidden") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = bare(spine, ViewKind::Axial);
  in.volume = filledVolume(madeGrid(), [](PointLps) { return -5000.0; }); // black: only texts are drawn
  const QImage picture = renderSlice(in);
  const auto lit = [&](QRect box) {
    int n = 0;
    for (int y = box.top(); y <= box.bottom(); ++y)
      for (int x = box.left(); x <= box.right(); ++x)
        n += qGreen(picture.pixel(x, y)) > 60;
    return n;
  };
  CHECK(lit({130, 275, 140, 20}) > 100); // the words
  CHECK(lit({4, 138, 30, 24}) > 15);     // R
  CHECK(lit({350, 138, 30, 24}) > 15);   // L
  CHECK(lit({4, 4, 120, 60}) == 0);      // no name
  CHECK(lit({4, 230, 120, 60}) == 0);
}

TEST_CASE("Golden slices") {
  const MadeSpine spine = madeSpine(madeGrid(GridKind::Oblique));
  const char* names[] = {"slice-sagittal", "slice-coronal", "slice-axial"};
  for (int v = 0; v < 3; ++v) {
    SliceInput in = inputOf(spine, ViewKind(v));
    in.state = levelAligned(in.state, *spine.shown, spine.vertebrae[2]);
    // Fonts differ a little between systems: 2 % of the pixels may.
    const PictureDifference d = compareToGolden(renderSlice(in), names[v], 24);
    INFO(d.words);
    CHECK(d.found);
    CHECK(d.fraction < 0.02);
  }
}

TEST_CASE(
    "a value chip stands beside its line, in the view, and covers neither a level name nor another chip") {
  const QSizeF view(400, 300), chip(60, 18);
  const QPointF a(200, 100), b(200, 200);
  const QRectF alone = chipPlace(a, b, chip, view, {});
  CHECK(std::abs(alone.center().y() - 150) < 1);
  CHECK(alone.left() > 200);
  std::vector<QRectF> taken;
  for (int n = 0; n < 8; ++n) { // each new one finds a place of its own
    const QRectF box = chipPlace(a, b, chip, view, taken);
    CAPTURE(n, box.x(), box.y());
    CHECK(QRectF(QPointF(), view).contains(box));
    for (const QRectF& other : taken)
      CHECK_FALSE(other.intersects(box));
    CHECK_FALSE(box.intersects(QRectF(199, 100, 2, 100))); // nor its own line
    taken.push_back(box);
  }
  const QRectF atEdge = chipPlace({395, 100}, {395, 200}, chip, view, {});
  CHECK(atEdge.right() < 395);
}

TEST_CASE("in a picture the chip of a measurement leaves the level's name readable") {
  const MadeSpine spine = madeSpine(madeGrid(GridKind::Plain));
  SliceInput in = inputOf(spine, ViewKind::Sagittal);
  in.state.annotations = AnnotationDisplay::None;
  const InstanceId instance = spine.shown->chain.entries.front().instance;
  const PointLps centre = spine.shown->chain.entries.front().centroid;
  in.state = movedTo(in.state, centre);
  in.state.selected = instance;
  const QImage without = renderSlice(in);
  auto overlay = std::make_shared<Overlay>();
  OverlayLine line;
  const SliceGeometry g = geometryOf(in);
  const double side = 34 * g.mmPerPixel; // the chip's first place is on the name
  line.points = {centre - g.plane.right * side - g.plane.down * 20,
                 centre - g.plane.right * side + g.plane.down * 20};
  line.text = "27.1 mm";
  overlay->lines = {line};
  in.overlay = overlay;
  const QImage with = renderSlice(in);
  const ScreenPoint at = g.position(centre);
  const QRect name(int(at.x) - 9, int(at.y) - 7, 18, 14);
  CHECK(with != without);
  CHECK(with.copy(name) == without.copy(name));
}

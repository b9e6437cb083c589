#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/scene/scene_picture.h"
#include "viewer/scene/scene_view.h"

#include <catch2/catch.hpp>

#include <QApplication>
#include <QElapsedTimer>

#include <cmath>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

// One renderer for the program: making a context costs more than a picture.
SceneRenderer& renderer() {
  static const auto made = SceneRenderer::create(GlDevice::Software);
  REQUIRE(made.ok());
  return **made;
}

SceneInput inputOf(const MadeSpine& spine, SceneBuilder& builder) {
  application();
  SceneInput in;
  in.document = spine.document;
  in.shown = spine.shown;
  in.state = initialState(*spine.document->series("1.2.3"), *spine.volume);
  in.width = 300;
  in.height = 300;
  auto contents = builder.build(spine.volume, spine.document, spine.shown, in.state);
  REQUIRE(contents.ok());
  in.contents = *contents;
  return in;
}

double closedVolume(const Mesh& m) {
  double sum = 0;
  const auto p = [&](std::uint32_t v) {
    return VectorLps{m.points[v * 3], m.points[v * 3 + 1], m.points[v * 3 + 2]};
  };
  for (std::size_t t = 0; t < m.triangles.size(); t += 3)
    sum += dot(p(m.triangles[t]), cross(p(m.triangles[t + 1]), p(m.triangles[t + 2]))) / 6;
  return sum;
}

} // namespace

TEST_CASE("The surface of a ball has the ball's volume, place and outward normals, on every grid") {
  for (const GridKind kind : {GridKind::Plain, GridKind::Oblique, GridKind::LeftHanded, GridKind::Sheared}) {
    const Grid grid = madeGrid(kind);
    const PointLps centre{5, -7, 9};
    constexpr double radius = 20;
    Mask mask{grid, {{0, 0, 0}, {grid.size().i - 1, grid.size().j - 1, grid.size().k - 1}}, {}};
    mask.inside.resize(grid.size().count());
    for (int k = 0; k < grid.size().k; ++k)
      for (int j = 0; j < grid.size().j; ++j)
        for (int i = 0; i < grid.size().i; ++i)
          mask.inside[grid.offset({i, j, k})] = distance(grid.toLps(IndexIjk{i, j, k}), centre) <= radius;
    const Mesh mesh = surfaceOfMask(mask, 0.9, 1.3);
    CHECK(closedVolume(mesh) == Approx(4.0 / 3 * 3.14159265 * radius * radius * radius).epsilon(0.04));
    double worst = 0, inward = 0;
    for (std::size_t p = 0; p < mesh.points.size(); p += 3) {
      const VectorLps d = PointLps{mesh.points[p], mesh.points[p + 1], mesh.points[p + 2]} - centre;
      worst = std::max(worst, std::abs(length(d) - radius));
      inward += dot(d, {mesh.normals[p], mesh.normals[p + 1], mesh.normals[p + 2]}) <= 0;
    }
    CHECK(worst < 1.6); // about one voxel
    CHECK(inward == 0);
  }
}

TEST_CASE("Each vertebra shows in its colour at the computed place of its centre, from several sides") {
  const MadeSpine spine = madeSpine(madeGrid());
  SceneBuilder builder;
  SceneInput in = inputOf(spine, builder);
  in.state.annotations = AnnotationDisplay::None;
  for (const double azimuth : {0.0, 35.0, -40.0})
    for (const SceneQuality quality : {SceneQuality::Still, SceneQuality::Moving}) {
      in.state.scene = {azimuth, 10, 1, 0, 0};
      in.quality = quality;
      const QImage picture = renderScene(in, renderer());
      const SceneGeometry g = geometryOf(in);
      for (std::size_t v = 0; v < 5; ++v) {
        const ScreenPoint at = g.position(spine.centres[v]);
        const auto rgb = structureColour(*spine.shown->structures.find(spine.bodies[v]), spine.shown->chain);
        const QColor seen = picture.pixelColor(int(at.x), int(at.y)), own(rgb[0], rgb[1], rgb[2]);
        INFO("vertebra " << v << " azimuth " << azimuth);
        CHECK(seen.value() > 60); // light changes brightness, not the hue
        CHECK(std::abs(seen.hue() - own.hue()) < 14);
        CHECK(seen.saturation() > 80);
      }
    }
}

TEST_CASE("Picking finds the vertebra under a pixel, and nothing beside the spine") {
  const MadeSpine spine = madeSpine(madeGrid());
  SceneBuilder builder;
  SceneInput in = inputOf(spine, builder);
  in.state.scene = {-30, 20, 1.3, 0.05, 0};
  const SceneGeometry g = geometryOf(in);
  for (std::size_t v = 0; v < 5; ++v) {
    const auto pick = pickSurface(in.contents->items, g, g.position(spine.centres[v]));
    REQUIRE(pick.has_value());
    CHECK(pick->surface->instance == spine.vertebrae[v]);
    // On the near side of the body.
    CHECK(dot(pick->at - spine.centres[v], g.towards) > 5);
    CHECK(dot(pick->at - spine.centres[v], g.towards) < 40);
  }
  CHECK_FALSE(pickSurface(in.contents->items, g, {3, 150}).has_value());
}

TEST_CASE("After an edit only the surfaces whose bricks changed are made again") {
  const MadeSpine spine = madeSpine(madeGrid());
  SceneBuilder builder;
  SceneInput in = inputOf(spine, builder);
  CHECK(builder.surfacesComputed() == 9); // five vertebrae, four discs
  const auto again = builder.build(spine.volume, spine.document, spine.shown, in.state);
  CHECK(builder.surfacesComputed() == 0);
  EffectiveCase shown = *spine.shown;
  LabelMapEditor editor(shown.layers[0].map);
  editor.set(nearestIndex(spine.volume->grid().toIjk(spine.centres[0])), {}, true);
  shown.layers[0].map = std::move(editor).finish();
  const auto edited =
      builder.build(spine.volume, spine.document, std::make_shared<const EffectiveCase>(shown), in.state);
  REQUIRE(edited.ok());
  CHECK(builder.surfacesComputed() >= 1);
  CHECK(builder.surfacesComputed() < 6);
  CHECK((*edited)->items.back().surface->fine == in.contents->items.back().surface->fine); // shared
}

TEST_CASE("Without labels a CT shows its bone by density") {
  const MadeSpine spine = madeSpine(madeGrid());
  application();
  SceneBuilder builder;
  const ViewState state = initialState(*spine.document->series("1.2.3"), *spine.volume);
  const auto contents = builder.build(spine.volume, spine.document, nullptr, state);
  REQUIRE(contents.ok());
  CHECK((*contents)->fromVolume);
  REQUIRE((*contents)->items.size() == 1);
  CHECK((*contents)->items[0].surface->fine->triangleCount() > 1000);
  // The marker on the left is part of it.
  const SceneGeometry g = sceneGeometry({0, 0, 1, 0, 0}, (*contents)->bounds, 300, 300);
  const auto pick = pickSurface((*contents)->items, g, g.position({60, -20, 0}));
  REQUIRE(pick.has_value());
  CHECK(distance(pick->at, {60, -20, 0}) == Approx(12).margin(2.5));
  CHECK(g.position({60, -20, 0}).x > 150); // seen from in front, the patient's left is at the right
}

TEST_CASE("A cancelled build of surfaces says so") {
  const MadeSpine spine = madeSpine(madeGrid());
  SceneBuilder builder;
  std::stop_source stop;
  stop.request_stop();
  const auto result = builder.build(spine.volume, spine.document, spine.shown, {}, {stop.get_token(), {}});
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == ErrorCode::Cancelled);
}

TEST_CASE("Golden scene") {
  const MadeSpine spine = madeSpine(madeGrid());
  SceneBuilder builder;
  SceneInput in = inputOf(spine, builder);
  in.state.scene = {40, 15, 1, 0, 0};
  // Other versions of the software renderer shade edges differently.
  const PictureDifference d = compareToGolden(renderScene(in, renderer()), "scene", 32);
  INFO(d.words);
  CHECK(d.found);
  CHECK(d.fraction < 0.03);
}

TEST_CASE("The 3D view draws without an X server and without blocking") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  SceneView view;
  view.resize(240, 200);
  view.setContents(spine.volume, spine.document, spine.shown,
                   initialState(*spine.document->series("1.2.3"), *spine.volume));
  view.show();
  QElapsedTimer clock;
  clock.start();
  while (!view.isUpToDate() && clock.elapsed() < 60000)
    QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
  REQUIRE(view.isUpToDate());
  CHECK_FALSE(view.rendererName().isEmpty());
  CHECK(centreOfBright(view.picture(), 60).count > 500);
}

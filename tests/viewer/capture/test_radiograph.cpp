// Radiographs: shown in their own plane and no other, in their own polarity, with mm only where there are
// any.
#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/capture/capture.h"
#include "viewer/slice/annotations.h"
#include "viewer/state/mark.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

// 90 columns and 120 rows: a bright bar down the middle, a brighter spot at the upper left of the picture.
struct MadeRadiograph {
  VolumePtr volume;
  std::shared_ptr<Case> document = std::make_shared<Case>();
  Radiograph& radiograph() { return *document->studies.edit()[0].series[0].stacks[0].radiograph; }
};

MadeRadiograph made(Radiograph radiograph, double step, VectorLps column = {1, 0, 0},
                    VectorLps row = {0, 1, 0}) {
  const Grid grid =
      *Grid::create({90, 120, 1}, {}, column * step, row * step, normalized(cross(column, row)));
  VolumeBuilder builder = *VolumeBuilder::create(grid, VoxelType::UInt16, {}, VolumeMeaning::Unknown);
  for (int j = 0; j < 120; ++j)
    for (int i = 0; i < 90; ++i) {
      const bool spot = i >= 12 && i < 22 && j >= 10 && j < 20, bar = i >= 38 && i < 52;
      builder.slice<std::uint16_t>(0)[std::size_t(j) * 90 + std::size_t(i)] =
          std::uint16_t(spot  ? 4000
                        : bar ? 2500
                              : 300 + 2 * j);
    }
  MadeRadiograph out;
  out.volume = std::move(builder).freeze();
  Series series;
  series.uid = "1.2.3";
  series.modality = "DX";
  series.description = "LWS a.p.";
  Stack stack;
  stack.grid = grid;
  stack.slices.resize(1);
  stack.radiograph = std::move(radiograph);
  series.stacks = {stack};
  Study study;
  study.series = {series};
  out.document->studies = {study};
  return out;
}

SliceInput inputOf(const MadeRadiograph& x) {
  application();
  SliceInput in;
  in.volume = x.volume;
  in.document = x.document;
  in.shown = std::make_shared<const EffectiveCase>(effective(*x.document));
  in.state = initialState(*x.document->series("1.2.3"), *x.volume);
  in.view = radiographView(*in.state.ownPlane);
  in.width = 400;
  in.height = 400;
  return in;
}

QStringList platesOf(const SliceInput& in) {
  QStringList out;
  for (const CornerMark& mark : cornerTexts(in, geometryOf(in)).marks)
    out << mark.text;
  return out;
}

Radiograph oriented(const char* columns, const char* rows) {
  Radiograph r;
  r.columnLetters = columns;
  r.rowLetters = rows;
  r.isOriented = true;
  r.view = "AP";
  r.calibration = Calibration::Calibrated;
  r.spacingMm = {0.5, 0.5};
  return r;
}

} // namespace

TEST_CASE("A radiograph is one picture: whatever a tool or key asks, plane, slab and view stay its own") {
  const MadeRadiograph x = made(Radiograph{}, 1);
  const ViewState first = initialState(*x.document->series("1.2.3"), *x.volume);
  REQUIRE(first.ownPlane);
  ViewState asked = unaligned(movedTo(first, {12, 30, 55}));
  asked.planes[1] = axialPlane({1, 2, 3});
  asked.slabMm = 12;
  asked.curved[1] = CurvedMode::Stretched;
  asked.maximised.reset();
  asked.crosshairVisible = true;
  const ViewState state = kept(asked);
  CHECK(state.maximised == radiographView(*first.ownPlane));
  CHECK(state.slabMm == 0);
  CHECK_FALSE(state.anyCurved());
  CHECK_FALSE(state.crosshairVisible);
  for (const Plane& plane : state.planes) {
    CHECK(length(plane.right - VectorLps{1, 0, 0}) < 1e-12);
    CHECK(length(plane.down - VectorLps{0, 1, 0}) < 1e-12);
    CHECK(std::abs(first.ownPlane->signedDistance(plane.origin)) < 1e-9);
  }
  const ViewState scrolledOn = scrolled(state, ViewKind::Coronal, 5, *x.volume);
  CHECK(kept(scrolledOn).crosshair == state.crosshair);
  ViewState volumeState; // any other state is left as it is
  volumeState.slabMm = 7;
  CHECK(kept(volumeState) == volumeState);
}

TEST_CASE("A radiograph that states its sides bears their letters, another one none and says so") {
  const MadeRadiograph frontal = made(oriented("L", "F"), 0.5, {1, 0, 0}, {0, 0, -1});
  SliceInput in = inputOf(frontal);
  CHECK(in.view == ViewKind::Coronal);
  EdgeLetters letters = edgeLetters(geometryOf(in).plane);
  CHECK((letters.left == "R" && letters.right == "L" && letters.top == "H" && letters.bottom == "F"));
  CHECK_FALSE(platesOf(in).contains(QStringLiteral("sides not stated")));
  const MadeRadiograph mirrored = made(oriented("R", "F"), 0.5, {-1, 0, 0}, {0, 0, -1});
  letters = edgeLetters(geometryOf(inputOf(mirrored)).plane);
  CHECK((letters.left == "L" && letters.right == "R"));
  const MadeRadiograph lateral = made(oriented("P", "F"), 0.5, {0, 1, 0}, {0, 0, -1});
  CHECK(inputOf(lateral).view == ViewKind::Sagittal);
  letters = edgeLetters(geometryOf(inputOf(lateral)).plane);
  CHECK((letters.left == "A" && letters.right == "P"));

  const MadeRadiograph unknown = made(Radiograph{}, 1);
  SliceInput plain = inputOf(unknown);
  CHECK(platesOf(plain).contains(QStringLiteral("sides not stated")));
  const QImage without = renderSlice(plain);
  unknown.document->studies.edit()[0].series[0].stacks[0].radiograph->isOriented = true;
  CHECK(renderSlice(plain) != without); // now with letters
}

TEST_CASE("Lengths on a radiograph are px until somebody calibrated it, and every state says what they are") {
  MadeRadiograph x = made(Radiograph{}, 1);
  const auto valueOf = [&] {
    Mark mark;
    mark.kind = MarkKind::Distance;
    mark.plane = *inputOf(x).state.ownPlane;
    mark.points = {{10, 10, 0}, {10, 60, 0}};
    return markValue(mark, *x.volume, unitsOf(inputOf(x)));
  };
  CHECK(valueOf() == "50.0 px");
  CHECK(platesOf(inputOf(x)).contains(QStringLiteral("not calibrated · px")));
  x.document->calibrations = {{"1.2.3", 0, 0.4, 20, "reader", ""}}; // a coin: 50 pixels are 20 mm
  CHECK(valueOf() == "20.0 mm by a line");
  CHECK_FALSE(platesOf(inputOf(x)).contains(QStringLiteral("not calibrated · px")));
  const SliceInput in = inputOf(x);
  CHECK(
      cornerTexts(in, geometryOf(in)).bottomLeft.contains(QStringLiteral("Calibrated by a line of 20.0 mm")));
  x.document->calibrations = {{"1.2.3", 1, 0.4, 20, "reader", ""}}; // another picture's
  CHECK(valueOf() == "50.0 px");
  x.document->calibrations.clear();
  x.radiograph().spacingMm = {1, 1};
  for (const auto& [calibration, plate] : std::vector<std::pair<Calibration, QString>>{
           {Calibration::Detector, "mm at the detector"}, {Calibration::Stated, "mm as the file states"}}) {
    x.radiograph().calibration = calibration;
    CHECK(platesOf(inputOf(x)).contains(plate));
    CHECK(valueOf().starts_with("50.0 mm "));
  }
  x.radiograph().calibration = Calibration::Calibrated;
  CHECK(valueOf() == "50.0 mm");
}

TEST_CASE("What is drawn on one radiograph is not on the next picture of its series, nor on a volume of its "
          "frame") {
  const MadeRadiograph x = made(Radiograph{}, 1);
  Series series = x.document->studies[0].series[0];
  series.frameOfReferenceUid = "9.9";
  series.stacks.push_back(series.stacks[0]);
  for (const bool named : {false, true}) { // with SOP Instance UIDs, and without (PNG)
    series.stacks[0].slices[0].sopInstanceUid = named ? "1.2.3.1" : "";
    series.stacks[1].slices[0].sopInstanceUid = named ? "1.2.3.2" : "";
    Mark mark;
    mark.seriesUid = series.uid;
    mark.frameOfReferenceUid = markFrame(series, 0);
    CHECK(liesIn(mark, series, 0));
    CHECK_FALSE(liesIn(mark, series, 1));
    Series ct = series;
    ct.uid = "4.5.6";
    ct.stacks = {Stack{}};
    CHECK_FALSE(liesIn(mark, ct, 0));
    mark.seriesUid = ct.uid; // drawn on the CT
    mark.frameOfReferenceUid = markFrame(ct, 0);
    CHECK(liesIn(mark, ct, 0));
    CHECK_FALSE(liesIn(mark, series, 0));
  }
}

TEST_CASE("A radiograph is shown in the polarity and along the curve that its file wants") {
  MadeRadiograph x = made(Radiograph{}, 1);
  const auto windowing = [&] { return defaultWindowing(*x.document->series("1.2.3"), *x.volume); };
  CHECK_FALSE(windowing().inverted);
  x.document->studies.edit()[0].series[0].windows = {{"", 2000, 3000}};
  CHECK((windowing().centre == 2000 && windowing().width == 3000));
  x.radiograph().lowIsBright = true;
  CHECK(windowing().inverted);
  std::vector<std::uint8_t> grey;
  const std::vector<float> stored{0, 500, 2000, 3500, 9000, std::nanf("")};
  applyWindow(stored, {}, windowing(), grey);
  CHECK(grey[1] > 250);
  CHECK(grey[3] < 5);

  VoiLut lut{500, 8, {}, {}};
  for (int n = 0; n < 1000; ++n)
    lut.table.push_back(std::uint16_t(n < 500 ? 10 : n < 999 ? 200 : 255));
  x.radiograph().lowIsBright = false;
  x.radiograph().voiLut = lut;
  const Windowing curved = windowing();
  REQUIRE(curved.curve);
  applyWindow({0, 600, 1100, 9000, std::nanf("")}, {}, curved, grey); // below the first entry: the first
  CHECK(std::abs(int(grey[0]) - 10) <= 1);
  CHECK(std::abs(int(grey[1]) - 10) <= 1);
  CHECK(std::abs(int(grey[2]) - 199) <= 1);
  CHECK(grey[3] >= 254);
  CHECK(grey[4] == 0);
  Windowing inverted = curved;
  inverted.inverted = true;
  std::vector<std::uint8_t> other;
  applyWindow({0, 600, 1100}, {}, inverted, other);
  for (std::size_t n = 0; n < 3; ++n)
    CHECK(int(other[n]) + int(grey[n]) == Approx(255).margin(2));
}

TEST_CASE("Pictures of a radiograph are the same in every plane view, refused along a spine and in 3D") {
  const MadeRadiograph x = made(oriented("L", "F"), 0.5, {1, 0, 0}, {0, 0, -1});
  application();
  Photographer photographer(x.volume, x.document, "1.2.3");
  CaptureRequest request;
  request.width = request.height = 360;
  const auto first = photographer.take(request);
  REQUIRE(first);
  request.view = CaptureView::Axial;
  CHECK(*photographer.take(request) == *first);
  for (const CaptureView view : {CaptureView::Scene3d, CaptureView::Grid, CaptureView::Curved}) {
    request.view = view;
    CHECK(photographer.take(request).error().code == ErrorCode::ProjectionImage);
  }
  const ColourCentre spot = centreOfBright(first->copy(40, 20, 100, 60), 225);
  CHECK(spot.count > 100); // where the patient's right and head are
  const PictureDifference difference = compareToGolden(*first, "radiograph", 12);
  INFO(difference.words);
  CHECK(difference.found);
  CHECK(difference.fraction < 0.01);
}

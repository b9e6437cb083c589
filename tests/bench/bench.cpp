// CPU time of what the reader waits for, on a 512 x 512 x 300 synthetic CT (study.h): one slice of each
// orientation as it is painted, a brush stroke, loading the series, drawing the phantom, measuring after an
// edit.
#include "core/edit/edit.h"
#include "core/formats/open.h"
#include "core/measure/measure.h"
#include "tests/bench/study.h"
#include "viewer/slice/render_slice.h"

#include <QGuiApplication>
#include <benchmark/benchmark.h>
#include <cstdlib>

namespace spondyl::bench {
namespace {

/// A labelled study, made once.
struct Bench {
  VolumePtr volume;
  CasePtr labelled;
  Path folder;
  Series series;

  Bench() {
    const PhantomStudy& phantom = sharedStudy();
    volume = phantom.volume;
    folder = std::filesystem::temp_directory_path() / ("spondyl-bench-" + newUuid());
    const Study study = writeStudy(phantom, folder)->study;
    series = study.series.front();
    const PhantomVolumes& drawn = phantom.drawn;
    const Grid& grid = volume->grid();

    Case c;
    c.id = "bench";
    c.studies = {study};
    // Body and arch of every vertebra as structures of one layer.
    std::vector<std::uint16_t> ids(grid.size().count());
    for (const DrawnInstance& instance : drawn.drawn) {
      const InstanceId vertebra{instance.number};
      c.chain.entries.push_back({vertebra, instance.level, 1.0, instance.centre, instance.whole, {}});
      for (const Part part : {Part::VertebralBody, Part::PosteriorElements}) {
        Structure s;
        s.instance = vertebra;
        s.part = part;
        s.state = ItemState::Confirmed;
        c.structures.add(s);
      }
    }
    for (std::size_t v = 0; v < ids.size(); ++v) {
      if (drawn.parts[v] == 0)
        continue;
      const Structure* s =
          c.structures.find(InstanceId{drawn.instances[v]},
                            drawn.parts[v] == 49 ? Part::VertebralBody : Part::PosteriorElements);
      if (s)
        ids[v] = s->id.value;
    }
    c.layers.push_back({LayerId{1}, LayerKind::BoneAndDisc, series.frameOfReferenceUid, series.uid,
                        LabelMap::fromDense(grid, ids)});
    c.nextLayer = 2;
    c.nextInstance = 100;
    labelled = std::make_shared<const Case>(std::move(c));
  }
  ~Bench() { std::filesystem::remove_all(folder); }
};

Bench& bench() {
  static Bench b;
  return b;
}

viewer::SliceInput inputOf(viewer::ViewKind view) {
  Bench& b = bench();
  viewer::SliceInput input;
  input.volume = b.volume;
  input.document = b.labelled;
  input.shown = std::make_shared<const EffectiveCase>(effective(*b.labelled));
  input.state = viewer::initialState(b.series, *b.volume);
  input.view = view;
  input.width = input.height = 800;
  return input;
}

/// A wheel step: the next slice with labels, names and annotations, as it is painted while scrolling and at
/// rest.
void scroll(benchmark::State& state, viewer::ViewKind view, bool oblique, viewer::SliceQuality quality) {
  viewer::SliceInput input = inputOf(view);
  input.quality = quality;
  viewer::SliceCache cache;
  int step = 0;
  for (auto _ : state) {
    input.state = viewer::scrolled(input.state, view, ++step % 40 < 20 ? 1 : -1, *input.volume);
    if (oblique) {
      Plane& plane = input.state.planes[std::size_t(view)];
      plane.right = normalized(VectorLps{0.9, 0.3, 0.3});
      plane.down = normalized(cross(cross(plane.right, VectorLps{0, 1, 0}), plane.right));
    }
    benchmark::DoNotOptimize(viewer::renderSlice(input, &cache));
  }
}

/// A move of the brush with the button down: the stroke grows by a point and the view is painted with it.
void brushMove(benchmark::State& state) {
  viewer::SliceInput input = inputOf(viewer::ViewKind::Axial);
  PaintStroke stroke;
  stroke.seriesUid = bench().series.uid;
  stroke.target = bench().labelled->structures.all().front().id;
  stroke.radius = Mm(6);
  const PointLps centre = input.state.planes[std::size_t(viewer::ViewKind::Axial)].origin;
  viewer::SliceCache cache;
  int step = 0;
  for (auto _ : state) {
    if (step % 60 == 0)
      stroke.path.clear();
    stroke.path.push_back(centre + VectorLps{double(step++ % 60) - 30, 0, 0});
    input.stroke = stroke;
    benchmark::DoNotOptimize(viewer::renderSlice(input, &cache));
  }
}
BENCHMARK(brushMove)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

/// The button is released: the stroke becomes an edit.
void brushSphere(benchmark::State& state) {
  Bench& b = bench();
  PaintStroke stroke;
  stroke.seriesUid = b.series.uid;
  stroke.target = b.labelled->structures.all().front().id;
  stroke.radius = Mm(12);
  const EditContext context{"reader", "2026-01-01T00:00:00Z"};
  int step = 0;
  for (auto _ : state) {
    stroke.path = {b.volume->grid().centre() + VectorLps{double(++step % 50), 0, 0}};
    benchmark::DoNotOptimize(apply(b.labelled, stroke, context));
  }
}
BENCHMARK(brushSphere)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void loadSeries(benchmark::State& state) {
  Bench& b = bench();
  for (auto _ : state) {
    const auto listing = openStudies(b.folder, {});
    benchmark::DoNotOptimize(loadVolume(listing->studies[0].series[0], 0, {}));
  }
}
BENCHMARK(loadSeries)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void drawWholeSpine2mm(benchmark::State& state) {
  PhantomOptions options;
  options.seed = 99;
  const SpineDescription spine = *describeSpine(options);
  const Grid grid = *defaultGrid(spine, 2.0);
  for (auto _ : state)
    benchmark::DoNotOptimize(drawPhantom(spine, grid));
}
BENCHMARK(drawWholeSpine2mm)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void measureAfterStroke(benchmark::State& state) {
  Bench& b = bench();
  MeasurementCache cache;
  const EditContext context{"reader", "2026-01-01T00:00:00Z"};
  PaintStroke stroke;
  stroke.seriesUid = b.series.uid;
  stroke.radius = Mm(2);
  CasePtr now = b.labelled;
  benchmark::DoNotOptimize(cache.measure(*now, b.series.uid, b.volume.get()));
  const ChainEntry& vertebra = b.labelled->chain.entries[b.labelled->chain.entries.size() / 2];
  stroke.target = b.labelled->structures.find(vertebra.instance, Part::VertebralBody)->id;
  int step = 0;
  for (auto _ : state) {
    stroke.path = {vertebra.centroid + VectorLps{20, double(++step % 10), 0}};
    now = apply(b.labelled, stroke, context)->next;
    benchmark::DoNotOptimize(cache.measure(*now, b.series.uid, b.volume.get()));
  }
}
BENCHMARK(measureAfterStroke)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

} // namespace

void registerScroll() {
  using viewer::SliceQuality, viewer::ViewKind;
  const struct {
    const char* name;
    ViewKind view;
    bool oblique;
  } views[] = {{"axial", ViewKind::Axial, false},
               {"coronal", ViewKind::Coronal, false},
               {"sagittal", ViewKind::Sagittal, false},
               {"oblique", ViewKind::Axial, true}};
  for (const auto& v : views)
    for (const SliceQuality quality : {SliceQuality::Interactive, SliceQuality::Full}) {
      const std::string name =
          std::string("scroll/") + v.name + (quality == SliceQuality::Full ? "/at rest" : "/moving");
      benchmark::RegisterBenchmark(name.c_str(), scroll, v.view, v.oblique, quality)
          ->Unit(benchmark::kMillisecond)
          ->MeasureProcessCPUTime();
    }
}

} // namespace spondyl::bench

int main(int argc, char** argv) {
  setenv("QT_QPA_PLATFORM", "offscreen", 1);
  const QGuiApplication application(argc, argv);
  spondyl::bench::registerReslice();
  spondyl::bench::registerScroll();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

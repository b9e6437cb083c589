// One plane per scroll step, 800 x 800 samples, linear: our kernel and vtkImageReslice on the same raster.
// The values are compared before anything is timed.
#include "tests/bench/study.h"
#include "viewer/slice/reslice.h"

#include <benchmark/benchmark.h>
#include <cmath>
#include <vtkImageData.h>
#include <vtkImageReslice.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkShortArray.h>

namespace spondyl::bench {
namespace {

constexpr int side = 800, steps = 40;

/// The study's voxels as VTK sees them; shared, not copied.
vtkImageData* vtkVolume() {
  static const vtkNew<vtkImageData> image;
  if (image->GetNumberOfPoints() > 0)
    return image;
  const Volume& volume = *sharedStudy().volume;
  const GridSize n = volume.size();
  const auto spacing = volume.grid().spacing();
  const PointLps origin = volume.grid().origin();
  image->SetDimensions(n.i, n.j, n.k);
  image->SetSpacing(spacing.data());
  image->SetOrigin(origin.x, origin.y, origin.z);
  const vtkNew<vtkShortArray> values;
  // VTK's setter has no const form; nothing here writes.
  values->SetArray(const_cast<std::int16_t*>(volume.voxels<std::int16_t>().data()), vtkIdType(n.count()), 1);
  image->GetPointData()->SetScalars(values);
  return image;
}

struct View {
  const char* name;
  VectorLps right, down;
};
const View views[] = {
    {"axial", {1, 0, 0}, {0, 1, 0}},
    {"coronal", {1, 0, 0}, {0, 0, -1}},
    {"sagittal", {0, 1, 0}, {0, 0, -1}},
    {"oblique", normalized(VectorLps{0.9, 0.3, 0.3}), normalized(VectorLps{-0.27, 0.9, -0.09})}};

/// A plane through the study's centre, moved by `step` mm along its normal.
viewer::Raster rasterOf(const View& view, double step) {
  constexpr double mmPerSample = 0.45;
  viewer::Raster raster;
  raster.stepColumn = view.right * mmPerSample;
  // Square to the rows, whatever was given.
  raster.stepRow = normalized(view.down - view.right * dot(view.right, view.down)) * mmPerSample;
  raster.width = raster.height = side;
  const VectorLps normal = normalized(cross(raster.stepColumn, raster.stepRow));
  raster.origin = sharedStudy().volume->grid().centre() + normal * (step - steps / 2.0) -
                  raster.stepColumn * ((side - 1) / 2.0) - raster.stepRow * ((side - 1) / 2.0);
  return raster;
}

class VtkReslice {
 public:
  VtkReslice() {
    m_reslice->SetInputData(vtkVolume());
    m_reslice->SetOutputDimensionality(2);
    m_reslice->SetInterpolationModeToLinear();
    m_reslice->SetBackgroundLevel(outside);
    m_reslice->SetOutputExtent(0, side - 1, 0, side - 1, 0, 0);
    m_reslice->SetOutputOrigin(0, 0, 0);
  }
  const short* run(const viewer::Raster& r) {
    const VectorLps x = normalized(r.stepColumn), y = normalized(r.stepRow), z = cross(x, y);
    m_reslice->SetOutputSpacing(length(r.stepColumn), length(r.stepRow), 1);
    m_reslice->SetResliceAxesDirectionCosines(x.x, x.y, x.z, y.x, y.y, y.z, z.x, z.y, z.z);
    m_reslice->SetResliceAxesOrigin(r.origin.x, r.origin.y, r.origin.z);
    m_reslice->Update();
    return static_cast<const short*>(m_reslice->GetOutput()->GetScalarPointer());
  }
  static constexpr short outside = -32768;

 private:
  vtkNew<vtkImageReslice> m_reslice;
};

/// Samples that differ by more than rounding, and the samples where both have a value.
std::pair<std::size_t, std::size_t> different(const View& view) {
  const viewer::Raster raster = rasterOf(view, 3.3);
  const auto ours = viewer::reslice(*sharedStudy().volume, raster, viewer::Interpolation::Linear);
  VtkReslice vtk;
  const short* theirs = vtk.run(raster);
  std::size_t wrong = 0, both = 0;
  for (std::size_t n = 0; n < ours.size(); ++n) {
    if (std::isnan(ours[n]) || theirs[n] == VtkReslice::outside)
      continue;
    ++both;
    wrong += std::abs(double(ours[n]) - theirs[n]) > 0.6;
  }
  return {wrong, both};
}

void resliceBySpondyl(benchmark::State& state, std::size_t which) {
  int step = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(viewer::reslice(*sharedStudy().volume, rasterOf(views[which], ++step % steps),
                                             viewer::Interpolation::Linear));
}

void resliceByVtk(benchmark::State& state, std::size_t which) {
  const auto [wrong, both] = different(views[which]);
  if (wrong > both / 1000 || both < std::size_t(side) * side / 4) {
    state.SkipWithError("not the same values as Spondyl's");
    return;
  }
  VtkReslice vtk;
  int step = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(vtk.run(rasterOf(views[which], ++step % steps)));
}

} // namespace

void registerReslice() {
  for (std::size_t n = 0; n < std::size(views); ++n) {
    const std::string name = std::string("reslice/") + views[n].name;
    for (const bool ours : {true, false})
      benchmark::RegisterBenchmark((name + (ours ? "/Spondyl" : "/vtkImageReslice")).c_str(),
                                   ours ? resliceBySpondyl : resliceByVtk, n)
          ->Unit(benchmark::kMillisecond)
          ->MeasureProcessCPUTime();
  }
}

} // namespace spondyl::bench

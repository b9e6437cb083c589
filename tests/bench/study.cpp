#include "tests/bench/study.h"

#include "core/phantom/paint.h"

namespace spondyl::bench {

Result<PhantomStudy> drawStudy() {
  PhantomOptions options;
  options.seed = 424242;
  options.from = Level::T5;
  PhantomStudy out;
  SPONDYL_TRY(out.spine, describeSpine(options));
  SPONDYL_TRY(const Grid around, defaultGrid(out.spine, 2.0));
  const PointLps corner = around.centre() - VectorLps{255.5 * 0.7, 255.5 * 0.7, 149.5 * 1.5};
  SPONDYL_TRY(const Grid grid, Grid::create({512, 512, 300}, corner, {0.7, 0, 0}, {0, 0.7, 0}, {0, 0, 1.5}));
  out.drawn = drawPhantom(out.spine, grid);
  SPONDYL_TRY(out.volume, paint(out.spine, out.drawn));
  return out;
}

const PhantomStudy& sharedStudy() {
  static const PhantomStudy study = *drawStudy();
  return study;
}

Result<dicom::WrittenSeries> writeStudy(const PhantomStudy& phantom, const Path& folder) {
  Study study;
  study.patient = {"Phantom^Bench", "PHANTOM-BENCH", "", "O"};
  study.description = "Synthetic spine, not a patient";
  Series series;
  series.modality = "CT";
  series.number = 1;
  series.description = "Spine phantom for benchmarks";
  series.patientPosition = "HFS";
  series.bodyPart = "SPINE";
  return dicom::writeDicomSeries(*phantom.volume, study, series, folder);
}

} // namespace spondyl::bench

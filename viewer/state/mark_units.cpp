#include "viewer/state/mark.h"

#include "viewer/state/windowing.h"

namespace spondyl::viewer {

std::string markFrame(const Series& series, int stack) {
  if (!radiographOf(series, stack))
    return series.frameOfReferenceUid;
  const auto& slices = series.stacks[std::size_t(stack)].slices;
  if (!slices.empty() && !slices.front().sopInstanceUid.empty())
    return slices.front().sopInstanceUid;
  return series.uid + " picture " + std::to_string(stack + 1);
}

bool liesIn(const Mark& mark, const Series& series, int stack) {
  const std::string frame = markFrame(series, stack);
  if (!frame.empty() && mark.frameOfReferenceUid == frame)
    return true;
  return mark.seriesUid == series.uid && !radiographOf(series, stack);
}

MarkUnits markUnits(const Series& series, int stack, const Volume& volume, const Case* document) {
  MarkUnits units;
  if (isCt(series, volume))
    units.value = "HU";
  const Radiograph* radiograph = radiographOf(series, stack);
  if (!radiograph)
    return units;
  if (const LineCalibration* line = document ? document->calibration(series.uid, stack) : nullptr) {
    units.perUnit = line->mmPerUnit;
    units.lengthRemark = "by a line";
    return units;
  }
  switch (radiograph->calibration) {
  case Calibration::None:
    units.length = "px";
    break;
  case Calibration::Detector:
    units.lengthRemark = "at the detector";
    break;
  case Calibration::Stated:
    units.lengthRemark = "as the file states";
    break;
  case Calibration::Magnified:
  case Calibration::Calibrated:
    break;
  }
  return units;
}

} // namespace spondyl::viewer

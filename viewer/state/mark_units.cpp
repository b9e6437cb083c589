#include "viewer/state/mark.h"

#include "viewer/state/windowing.h"

namespace spondyl::viewer {

MarkUnits markUnits(const Series& series, int stack, const Volume& volume) {
  MarkUnits units;
  if (isCt(series, volume))
    units.value = "HU";
  if (stack < 0 || std::size_t(stack) >= series.stacks.size() ||
      !series.stacks[std::size_t(stack)].radiograph)
    return units;
  switch (series.stacks[std::size_t(stack)].radiograph->calibration) {
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

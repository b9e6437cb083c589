#include "core/study/radiograph.h"

namespace spondyl {

const char* calibrationName(Calibration calibration) {
  switch (calibration) {
  case Calibration::None:
    return "None";
  case Calibration::Detector:
    return "Detector";
  case Calibration::Magnified:
    return "Magnified";
  case Calibration::Stated:
    return "Stated";
  case Calibration::Calibrated:
    return "Calibrated";
  }
  return "None";
}

} // namespace spondyl

#include "core/study/warning.h"

namespace spondyl {

const char* warningCodeName(WarningCode code) {
  switch (code) {
  case WarningCode::MissingSlices:
    return "MissingSlices";
  case WarningCode::DuplicateSlices:
    return "DuplicateSlices";
  case WarningCode::UnevenSlices:
    return "UnevenSlices";
  case WarningCode::GantryTilt:
    return "GantryTilt";
  case WarningCode::SeveralPatients:
    return "SeveralPatients";
  case WarningCode::SeveralOrientations:
    return "SeveralOrientations";
  case WarningCode::SeveralStacks:
    return "SeveralStacks";
  case WarningCode::SlicesDropped:
    return "SlicesDropped";
  case WarningCode::SingleSlice:
    return "SingleSlice";
  case WarningCode::SpacingNotThickness:
    return "SpacingNotThickness";
  case WarningCode::Lossy:
    return "Lossy";
  case WarningCode::PixelSpacingAssumed:
    return "PixelSpacingAssumed";
  case WarningCode::FirstVolumeOnly:
    return "FirstVolumeOnly";
  case WarningCode::ModalityUnknown:
    return "ModalityUnknown";
  case WarningCode::ModalityJudged:
    return "ModalityJudged";
  case WarningCode::TextUndecodable:
    return "TextUndecodable";
  case WarningCode::FilesRefused:
    return "FilesRefused";
  case WarningCode::ValuesRounded:
    return "ValuesRounded";
  case WarningCode::SegmentsOverlap:
    return "SegmentsOverlap";
  case WarningCode::RadiographUncalibrated:
    return "RadiographUncalibrated";
  case WarningCode::RadiographAtDetector:
    return "RadiographAtDetector";
  case WarningCode::RadiographMagnified:
    return "RadiographMagnified";
  case WarningCode::RadiographSpacingUnsure:
    return "RadiographSpacingUnsure";
  case WarningCode::OrientationUnknown:
    return "OrientationUnknown";
  case WarningCode::StudyIdentityMixed:
    return "StudyIdentityMixed";
  }
  return "Unknown";
}

} // namespace spondyl

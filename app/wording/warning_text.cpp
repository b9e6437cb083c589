#include "app/wording/warning_text.h"

#include "app/wording/fill.h"

namespace spondyl::app {
namespace {

const char* pattern(WarningCode code) {
  switch (code) {
  case WarningCode::MissingSlices:
    return "{0} slices are missing (near slices {2}); the gap is filled by interpolation, do not read "
           "findings there.";
  case WarningCode::DuplicateSlices:
    return "{0} slices lie at a position that another one has; they are left out.";
  case WarningCode::UnevenSlices:
    return "The slices are {0} to {1} mm apart; they were resampled to even steps.";
  case WarningCode::GantryTilt:
    return "The gantry was tilted by {0} degrees; the slices are shown as they were acquired.";
  case WarningCode::SeveralPatients:
    return "The input holds {0} patients; only one is opened at a time.";
  case WarningCode::SeveralOrientations:
    return "One series holds slices of {0} orientations; they are shown as separate stacks.";
  case WarningCode::SeveralStacks:
    return "One series holds {0} stacks that differ in {1}; they are shown separately.";
  case WarningCode::SlicesDropped:
    return "{0} slices are left out: {1}.";
  case WarningCode::SingleSlice:
    return "Only one slice; its thickness of {0} mm is taken as the step.";
  case WarningCode::SpacingNotThickness:
    return "The slices are {0} mm apart while their thickness is given as {1} mm; the positions are used.";
  case WarningCode::Lossy:
    return "The images were compressed with loss ({0}).";
  case WarningCode::PixelSpacingAssumed:
    return "The file does not give its {0}; {1} is assumed. Do not measure lengths.";
  case WarningCode::FirstVolumeOnly:
    return "The file holds {0} volumes; the first is opened.";
  case WarningCode::ModalityUnknown:
    return "{0} does not say whether it is CT or MR.";
  case WarningCode::ModalityJudged:
    return "The file does not say whether it is CT or MR; from its values it was taken for {0}.";
  case WarningCode::ValuesRounded:
    return "The values were rounded to fit the file (largest change {0}).";
  case WarningCode::SegmentsOverlap:
    return "Segments overlap in {0} voxels; the later one is kept there.";
  case WarningCode::TextUndecodable:
    return "The text of {0} is not in the character set that the file declares.";
  case WarningCode::FilesRefused:
    return "{0} files could not be opened.";
  case WarningCode::RadiographUncalibrated:
    return "The radiograph is not calibrated: lengths are given in pixels.";
  case WarningCode::RadiographAtDetector:
    return "Lengths are those on the detector; in the patient they are smaller by an unknown factor.";
  case WarningCode::RadiographMagnified:
    return "Lengths are divided by the stated magnification of {0}; nearer to the detector or the tube they "
           "are off.";
  case WarningCode::RadiographSpacingUnsure:
    return "The file gives lengths but does not say whether they are those on the detector or in the "
           "patient.";
  case WarningCode::OrientationUnknown:
    return "The file does not say which side of the picture is left, right, head or foot.";
  case WarningCode::StudyIdentityMixed:
    return "The files of one study disagree in {0}.";
  }
  return "The input has a peculiarity.";
}

} // namespace

std::string warningSentence(const Warning& warning) {
  return fill(pattern(warning.code), warning.arguments);
}

} // namespace spondyl::app

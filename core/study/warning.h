#pragma once
// What a reader should know about data that was read all the same. Words for people are made in app/wording.

#include <string>
#include <vector>

namespace spondyl {

enum class WarningCode {
  MissingSlices, ///< arguments: how many, spacing mm, where ("12-13, 40-41": k of the neighbours); filled by
                 ///< interpolation
  DuplicateSlices,     ///< arguments: how many were dropped
  UnevenSlices,        ///< arguments: smallest step mm, largest step mm; resampled to the middle one
  GantryTilt,          ///< arguments: degrees between the slice step and the slice normal; kept as acquired
  SeveralPatients,     ///< arguments: how many
  SeveralOrientations, ///< arguments: how many stacks; the series holds slices of several planes
  SeveralStacks, ///< arguments: how many stacks, what tells them apart ("echo time", "temporal position" …)
  SlicesDropped, ///< arguments: how many, why ("size", "position", "unreadable")
  SingleSlice,   ///< arguments: thickness mm taken as the step across
  SpacingNotThickness, ///< arguments: step mm from the positions, slice thickness mm as stated
  Lossy,               ///< arguments: compression, stated ratio or ""
  PixelSpacingAssumed, ///< arguments: which value was missing, value used
  FirstVolumeOnly,     ///< arguments: how many volumes the file holds
  ModalityUnknown,     ///< arguments: path
  ModalityJudged,      ///< arguments: modality that the values were taken for
  TextUndecodable,     ///< arguments: attribute; the text is not of its declared character set
  FilesRefused,        ///< arguments: how many
  ValuesRounded,       ///< arguments: largest difference; values that 16-bit pixels cannot hold exactly
  SegmentsOverlap,     ///< arguments: how many voxels belong to several segments; the later segment is kept
  RadiographUncalibrated, ///< no arguments; lengths in pixels only
  RadiographAtDetector,   ///< no arguments; lengths are those on the detector, the magnification is not known
  RadiographMagnified,    ///< arguments: magnification by which lengths were divided
  RadiographSpacingUnsure, ///< no arguments; the file gives mm but not in which plane
  OrientationUnknown,      ///< no arguments; the file does not say which side of the picture is which
  StudyIdentityMixed,      ///< arguments: attribute; files of one study disagree
};

struct Warning {
  WarningCode code = WarningCode::FilesRefused;
  std::vector<std::string> arguments;
  bool operator==(const Warning&) const = default;
};

/// The enumerator's name ("MissingSlices"), for logs, JSON and tests.
const char* warningCodeName(WarningCode code);

} // namespace spondyl

#include "core/dicom/wanted_tags.h"

#include <algorithm>
#include <array>

namespace spondyl::dicom {
namespace {

using tag::Tag;

// clang-format off
constexpr auto wanted = std::to_array<Tag>({
  tag::CharacterSet, tag::ImageType, tag::SopClass, tag::SopInstance, tag::StudyDate, tag::SeriesDate, tag::StudyTime,
  tag::SeriesTime, tag::AccessionNumber, tag::Modality, tag::Manufacturer, tag::Institution, tag::ReferringPhysician,
  tag::StudyDescription, tag::SeriesDescription, tag::Model, tag::PatientName, tag::PatientId, tag::PatientBirthDate,
  tag::PatientSex, tag::PatientAge, tag::ContrastAgent, tag::BodyPart, tag::SequenceName, tag::SliceThickness, tag::Kvp,
  tag::RepetitionTime, tag::EchoTime, tag::EchoNumber, tag::SpacingBetweenSlices, tag::ProtocolName, tag::TriggerTime,
  tag::SourceToDetector, tag::SourceToPatient, tag::Magnification, tag::ImagerPixelSpacing, tag::Kernel, tag::FlipAngle,
  tag::NominalScannedSpacing, tag::PatientPosition, tag::ViewPosition, tag::EffectiveEchoTime, tag::DiffusionBValue,
  tag::MosaicCreator, tag::MosaicCount, tag::StudyUid, tag::SeriesUid, tag::StudyId, tag::SeriesNumber,
  tag::AcquisitionNumber, tag::InstanceNumber, tag::PatientOrientation, tag::ImagePosition, tag::ImageOrientation,
  tag::FrameOfReference, tag::Laterality, tag::ImageLaterality, tag::TemporalPosition, tag::SamplesPerPixel,
  tag::Photometric, tag::Frames, tag::Rows, tag::Columns, tag::PixelSpacing, tag::PixelAspectRatio, tag::BitsAllocated,
  tag::BitsStored, tag::HighBit, tag::PixelRepresentation, tag::PixelPadding, tag::CalibrationType,
  tag::CalibrationDescription, tag::WindowCentre, tag::WindowWidth, tag::RescaleIntercept, tag::RescaleSlope,
  tag::RescaleType, tag::WindowExplanation, tag::LossyCompression, tag::LossyRatio, tag::CsaCreator, tag::CsaImageHeader,
  tag::PresentationLutShape, tag::ExtendedOffsets, tag::ExtendedLengths});

constexpr auto inFrames = std::to_array<Tag>({
  tag::FrameType, tag::SliceThickness, tag::Kvp, tag::RepetitionTime, tag::EchoTime, tag::SpacingBetweenSlices,
  tag::Kernel, tag::FlipAngle, tag::EffectiveEchoTime, tag::DiffusionBValue, tag::DiffusionDirection,
  tag::ImagePosition, tag::ImageOrientation, tag::StackId, tag::InStackPosition, tag::TemporalIndex, tag::TriggerDelay,
  tag::FrameAcquisition, tag::DimensionValues, tag::PixelSpacing, tag::WindowCentre, tag::WindowWidth,
  tag::RescaleIntercept, tag::RescaleSlope, tag::RescaleType, tag::WindowExplanation});

// MR timing, echo, diffusion and its direction, cardiac trigger, frame types, CT reconstruction, exposure and X-ray
// details, frame content, plane, temporal position, dimensions, pixel measures, windows, values, look-up tables.
constexpr auto sequences = std::to_array<Tag>({
  0x00189076, 0x00189112, 0x00189114, 0x00189117, 0x00189118, 0x00189226, 0x00189314, 0x00189321, 0x00189325,
  0x00189329, 0x00209111, 0x00209113, 0x00209116, tag::DimensionIndexSequence, 0x00209310, tag::ModalityLutSequence,
  tag::VoiLutSequence, 0x00289110, 0x00289132, 0x00289145, tag::SharedGroups, tag::FrameGroups});
// clang-format on

static_assert(std::is_sorted(wanted.begin(), wanted.end()));
static_assert(std::is_sorted(inFrames.begin(), inFrames.end()));
static_assert(std::is_sorted(sequences.begin(), sequences.end()));

} // namespace

bool isWanted(Tag t) {
  return std::binary_search(wanted.begin(), wanted.end(), t);
}
bool isWantedInFrame(Tag t) {
  return std::binary_search(inFrames.begin(), inFrames.end(), t);
}
bool isKnownSequence(Tag t) {
  return std::binary_search(sequences.begin(), sequences.end(), t);
}

} // namespace spondyl::dicom

#pragma once
// The DICOM attributes that are read or written here, as (group << 16 | element).

#include <cstdint>

namespace spondyl::dicom::tag {

using Tag = std::uint32_t;
// clang-format off
inline constexpr Tag
  MediaSopClass = 0x00020002, MediaSopInstance = 0x00020003, TransferSyntax = 0x00020010,
  CharacterSet = 0x00080005, ImageType = 0x00080008, SopClass = 0x00080016, SopInstance = 0x00080018,
  StudyDate = 0x00080020, SeriesDate = 0x00080021, StudyTime = 0x00080030, SeriesTime = 0x00080031,
  AccessionNumber = 0x00080050, Modality = 0x00080060, Manufacturer = 0x00080070, Institution = 0x00080080,
  ReferringPhysician = 0x00080090, StudyDescription = 0x00081030, SeriesDescription = 0x0008103E, Model = 0x00081090,
  PatientName = 0x00100010, PatientId = 0x00100020, PatientBirthDate = 0x00100030, PatientSex = 0x00100040,
  PatientAge = 0x00101010,
  ContrastAgent = 0x00180010, BodyPart = 0x00180015, SequenceName = 0x00180024, SliceThickness = 0x00180050,
  Kvp = 0x00180060, RepetitionTime = 0x00180080, EchoTime = 0x00180081, EchoNumber = 0x00180086,
  SpacingBetweenSlices = 0x00180088, ProtocolName = 0x00181030, TriggerTime = 0x00181060, Kernel = 0x00181210,
  FlipAngle = 0x00181314, PatientPosition = 0x00185100, DiffusionBValue = 0x00189087,
  StudyUid = 0x0020000D, SeriesUid = 0x0020000E, StudyId = 0x00200010, SeriesNumber = 0x00200011,
  AcquisitionNumber = 0x00200012, InstanceNumber = 0x00200013, ImagePosition = 0x00200032,
  ImageOrientation = 0x00200037, FrameOfReference = 0x00200052, TemporalPosition = 0x00200100,
  SamplesPerPixel = 0x00280002, Photometric = 0x00280004, Frames = 0x00280008, Rows = 0x00280010,
  Columns = 0x00280011, PixelSpacing = 0x00280030, BitsAllocated = 0x00280100, BitsStored = 0x00280101,
  HighBit = 0x00280102, PixelRepresentation = 0x00280103, PixelPadding = 0x00280120, WindowCentre = 0x00281050,
  WindowWidth = 0x00281051, RescaleIntercept = 0x00281052, RescaleSlope = 0x00281053, RescaleType = 0x00281054,
  WindowExplanation = 0x00281055,
  LossyCompression = 0x00282110, LossyRatio = 0x00282112, ModalityLutSequence = 0x00283000,
  LutDescriptor = 0x00283002, LutData = 0x00283006,
  FloatPixelData = 0x7FE00008, DoublePixelData = 0x7FE00009, PixelData = 0x7FE00010,
  // radiographs
  PatientOrientation = 0x00200020, ViewPosition = 0x00185101, Laterality = 0x00200060, ImageLaterality = 0x00200062,
  ImagerPixelSpacing = 0x00181164, NominalScannedSpacing = 0x00182010, Magnification = 0x00181114,
  SourceToDetector = 0x00181110, SourceToPatient = 0x00181111, PixelAspectRatio = 0x00280034,
  CalibrationType = 0x00280A02, CalibrationDescription = 0x00280A04, VoiLutSequence = 0x00283010,
  LutExplanation = 0x00283003, PresentationLutShape = 0x20500020,
  // multi-frame objects
  FrameType = 0x00089007, EffectiveEchoTime = 0x00189082, DiffusionDirection = 0x00189089, StackId = 0x00209056,
  FrameAcquisition = 0x00209156, DimensionValues = 0x00209157, TemporalIndex = 0x00209128, TriggerDelay = 0x00209153,
  InStackPosition = 0x00209057, DimensionPointer = 0x00209165, DimensionIndexSequence = 0x00209222,
  SharedGroups = 0x52009229, FrameGroups = 0x52009230, ExtendedOffsets = 0x7FE00001, ExtendedLengths = 0x7FE00002,
  // Siemens mosaics
  CsaCreator = 0x00290010, CsaImageHeader = 0x00291010, MosaicCreator = 0x00190010, MosaicCount = 0x0019100A,
  Item = 0xFFFEE000, ItemEnd = 0xFFFEE00D, SequenceEnd = 0xFFFEE0DD;
// clang-format on

} // namespace spondyl::dicom::tag

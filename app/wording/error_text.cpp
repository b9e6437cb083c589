#include "app/wording/error_text.h"

#include "app/wording/fill.h"

namespace spondyl::app {
namespace {

const char* pattern(ErrorCode code) {
  switch (code) {
  case ErrorCode::FileNotFound:
    return "{0} does not exist.";
  case ErrorCode::FileUnreadable:
    return "{0} cannot be read: {1}.";
  case ErrorCode::FileEmpty:
    return "{0} is empty.";
  case ErrorCode::FolderEmpty:
    return "{0} holds no image: choose the folder that holds the study's files.";
  case ErrorCode::FileNotWritable:
    return "{0} cannot be written: {1}.";
  case ErrorCode::DiskFull:
    return "The disk is full: {0} was not written. Free some space and try again; nothing that was there has "
           "changed.";
  case ErrorCode::ResultExists:
    return "{0} exists already; add --force to replace it.";
  case ErrorCode::NotAnImage:
    return "{0} is not an image in a format that Spondyl reads (DICOM, NIfTI, NRRD, PNG or JPEG).";
  case ErrorCode::Truncated:
    return "{0} is incomplete: {2} of {1} bytes are there. Copy it again from its source.";
  case ErrorCode::NestedTooDeep:
    return "{0} nests its contents more than {1} deep; no real image does. It was not opened.";
  case ErrorCode::DeclaredTooLarge:
    return "{0} announces {1} bytes where {2} are possible. It is damaged or hostile and was not opened.";
  case ErrorCode::InflatesTooLarge:
    return "{0} unpacks to more than {1} bytes. It is damaged or hostile and was not opened.";
  case ErrorCode::Malformed:
    return "{0} is damaged: {1}.";
  case ErrorCode::UnsupportedTransferSyntax:
    return "{0} is compressed in a way that Spondyl does not read: {1}.";
  case ErrorCode::UnsupportedObject:
    return "{0} is of a kind that Spondyl does not open: {1}.";
  case ErrorCode::UnsupportedPixels:
    return "{0} has pixels that Spondyl does not read: {1}.";
  case ErrorCode::DecodeFailed:
    return "The pixels of {0} could not be decoded ({1}); the file is damaged.";
  case ErrorCode::NoGeometry:
    return "{0} says nowhere in the patient its slices lie; nothing could be measured in it, so it was not "
           "opened.";
  case ErrorCode::SingleSlice:
    return "{0} is a single slice; Spondyl needs a stack of at least two.";
  case ErrorCode::ProjectionImage:
    return "{0} is a radiograph: it is shown in its own plane, and nothing three-dimensional can be made of "
           "it.";
  case ErrorCode::UnevenSlices:
    return "The slices of {0} are unevenly spaced ({1} to {2} mm); measuring in it would be wrong.";
  case ErrorCode::SeveralSeries:
    return "There are several series; choose one with --series: {0}.";
  case ErrorCode::SeriesNotFound:
    return "There is no series {0} in this input.";
  case ErrorCode::NoImages:
    return "{0} holds files, but no CT, MR or X-ray images that Spondyl can open.";
  case ErrorCode::DataOutsideFolder:
    return "{0} names a data file outside of its own folder ({1}), which is not followed. Put both into one "
           "folder.";
  case ErrorCode::NothingToCompare:
    return "{0} holds nothing to compare: {1}.";
  case ErrorCode::GridMismatch:
    return "{0} does not lie on the image's grid: {1} expected, {2} found.";
  case ErrorCode::ModalityUndecided:
    return "{0} does not say whether it is CT or MR, and its values do not tell; add --modality ct or "
           "--modality mr.";
  case ErrorCode::NoSourceIdentity:
    return "{0} has no DICOM identity (patient, study, series), so no DICOM object can refer to it.";
  case ErrorCode::NothingToWrite:
    return "Nothing to write: no item is confirmed yet; {0}.";
  case ErrorCode::UnknownItem:
    return "There is no {0} {1} in this case.";
  case ErrorCode::InvalidEdit:
    return "{0} cannot be done here: {1}.";
  case ErrorCode::NothingToUndo:
    return "There is nothing to undo.";
  case ErrorCode::NothingToRedo:
    return "There is nothing to redo.";
  case ErrorCode::CaseNewerVersion:
    return "{0} was written by a newer Spondyl (format {1}; this one knows {2}). Update Spondyl to open it.";
  case ErrorCode::CaseDamaged:
    return "{0} is damaged: {1}.";
  case ErrorCode::CaseLocked:
    return "{0} is open elsewhere ({1}); it opens here for reading only.";
  case ErrorCode::ModelNotFound:
    return "No model was found: {0}.";
  case ErrorCode::ModelUntrusted:
    return "The model {0} (SHA-256 {1}) is not on the list of trusted models and was not run.";
  case ErrorCode::ModelDamaged:
    return "The model {0} is damaged or changed: {1}. Install it again.";
  case ErrorCode::ModelUnsuitable:
    return "The model {0} is not meant for this image: {1}.";
  case ErrorCode::WorkerNotStarted:
    return "The analysis program could not be started: {0}.";
  case ErrorCode::WorkerDied:
    return "The analysis program stopped unexpectedly during {0}. Nothing is lost; run it again.";
  case ErrorCode::WorkerRefused:
    return "The analysis was refused: {0}.";
  case ErrorCode::ProtocolViolation:
    return "The analysis program answered in an unexpected way: {0}.";
  case ErrorCode::DeviceUnavailable:
    return "The device {0} is not available on this computer.";
  case ErrorCode::OutOfMemory:
    return "There is not enough memory: {0} MiB needed, {1} MiB allowed.";
  case ErrorCode::Cancelled:
    return "Stopped.";
  case ErrorCode::Usage:
    return "{0}. {1}";
  case ErrorCode::NotYet:
    return "{0} is not yet available in this version.";
  case ErrorCode::Internal:
    return "A defect in Spondyl: {0}. Please report it together with the log.";
  }
  return "A defect in Spondyl. Please report it together with the log.";
}

} // namespace

std::string errorSentence(const Error& error) {
  std::vector<std::string> arguments = error.arguments;
  if (error.code == ErrorCode::Usage)
    arguments.resize(2, " ");
  return fill(pattern(error.code), arguments);
}

int exitCodeFor(const Error& error) {
  switch (error.code) {
  case ErrorCode::Usage:
  case ErrorCode::NotYet:
    return 2;
  case ErrorCode::DiskFull:
  case ErrorCode::OutOfMemory:
  case ErrorCode::DeviceUnavailable:
    return 5;
  case ErrorCode::ResultExists:
    return 6;
  case ErrorCode::Internal:
  case ErrorCode::ProtocolViolation:
  case ErrorCode::WorkerDied:
    return 70;
  case ErrorCode::Cancelled:
    return 130;
  default:
    break;
  }
  return 3;
}

} // namespace spondyl::app

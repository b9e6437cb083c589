#include "core/base/error.h"

namespace spondyl {

const char* errorCodeName(ErrorCode code) {
  switch (code) {
  case ErrorCode::FileNotFound: return "FileNotFound";
  case ErrorCode::FileUnreadable: return "FileUnreadable";
  case ErrorCode::FileEmpty: return "FileEmpty";
  case ErrorCode::FolderEmpty: return "FolderEmpty";
  case ErrorCode::FileNotWritable: return "FileNotWritable";
  case ErrorCode::DiskFull: return "DiskFull";
  case ErrorCode::ResultExists: return "ResultExists";
  case ErrorCode::NotAnImage: return "NotAnImage";
  case ErrorCode::Truncated: return "Truncated";
  case ErrorCode::NestedTooDeep: return "NestedTooDeep";
  case ErrorCode::DeclaredTooLarge: return "DeclaredTooLarge";
  case ErrorCode::InflatesTooLarge: return "InflatesTooLarge";
  case ErrorCode::Malformed: return "Malformed";
  case ErrorCode::UnsupportedTransferSyntax: return "UnsupportedTransferSyntax";
  case ErrorCode::UnsupportedObject: return "UnsupportedObject";
  case ErrorCode::UnsupportedPixels: return "UnsupportedPixels";
  case ErrorCode::DecodeFailed: return "DecodeFailed";
  case ErrorCode::NoGeometry: return "NoGeometry";
  case ErrorCode::SingleSlice: return "SingleSlice";
  case ErrorCode::UnevenSlices: return "UnevenSlices";
  case ErrorCode::SeveralSeries: return "SeveralSeries";
  case ErrorCode::SeriesNotFound: return "SeriesNotFound";
  case ErrorCode::NoImages: return "NoImages";
  case ErrorCode::GridMismatch: return "GridMismatch";
  case ErrorCode::ModalityUndecided: return "ModalityUndecided";
  case ErrorCode::NoSourceIdentity: return "NoSourceIdentity";
  case ErrorCode::NothingToWrite: return "NothingToWrite";
  case ErrorCode::UnknownItem: return "UnknownItem";
  case ErrorCode::InvalidEdit: return "InvalidEdit";
  case ErrorCode::NothingToUndo: return "NothingToUndo";
  case ErrorCode::NothingToRedo: return "NothingToRedo";
  case ErrorCode::CaseNewerVersion: return "CaseNewerVersion";
  case ErrorCode::CaseDamaged: return "CaseDamaged";
  case ErrorCode::CaseLocked: return "CaseLocked";
  case ErrorCode::ModelNotFound: return "ModelNotFound";
  case ErrorCode::ModelUntrusted: return "ModelUntrusted";
  case ErrorCode::ModelDamaged: return "ModelDamaged";
  case ErrorCode::ModelUnsuitable: return "ModelUnsuitable";
  case ErrorCode::WorkerNotStarted: return "WorkerNotStarted";
  case ErrorCode::WorkerDied: return "WorkerDied";
  case ErrorCode::WorkerRefused: return "WorkerRefused";
  case ErrorCode::ProtocolViolation: return "ProtocolViolation";
  case ErrorCode::DeviceUnavailable: return "DeviceUnavailable";
  case ErrorCode::OutOfMemory: return "OutOfMemory";
  case ErrorCode::Cancelled: return "Cancelled";
  case ErrorCode::Usage: return "Usage";
  case ErrorCode::NotYet: return "NotYet";
  case ErrorCode::Internal: return "Internal";
  }
  return "Unknown";
}

} // namespace spondyl

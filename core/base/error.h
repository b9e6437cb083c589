#pragma once
// What went wrong, as a value. Words for people are made in app/wording; core only says the code, its
// arguments (a file name, a number with its unit, a limit) and where it happened.

#include <string>
#include <vector>

namespace spondyl {

enum class ErrorCode {
  // files and storage
  FileNotFound,    ///< arguments: path
  FileUnreadable,  ///< arguments: path, reason
  FileEmpty,       ///< arguments: path
  FolderEmpty,     ///< arguments: path; nothing that could be an image
  FileNotWritable, ///< arguments: path, reason
  DiskFull,        ///< arguments: path
  ResultExists,    ///< arguments: path
  // content of input
  NotAnImage,                ///< arguments: path; the content is of no kind that we read
  Truncated,                 ///< arguments: path, bytes expected, bytes present
  NestedTooDeep,             ///< arguments: path, limit
  DeclaredTooLarge,          ///< arguments: path, bytes declared, bytes present or limit
  InflatesTooLarge,          ///< arguments: path, limit in bytes
  Malformed,                 ///< arguments: path, what
  UnsupportedTransferSyntax, ///< arguments: path, UID or name
  UnsupportedObject,         ///< arguments: path, name of the SOP class or kind
  UnsupportedPixels,         ///< arguments: path, what
  DecodeFailed,              ///< arguments: path, codec
  NoGeometry,                ///< arguments: path or series; no usable position or orientation
  SingleSlice,               ///< arguments: series
  ProjectionImage,           ///< arguments: series; a radiograph: shown in its own plane, never a volume
  UnevenSlices,              ///< arguments: series, smallest gap mm, largest gap mm
  SeveralSeries,             ///< arguments: the series to choose from
  SeriesNotFound,            ///< arguments: what was asked for
  NoImages,                  ///< arguments: path; files were read, none is a CT, MR or radiograph
  DataOutsideFolder,         ///< arguments: path of a header, file outside of its folder that it names
  NothingToCompare,          ///< arguments: folder, what was looked for in it
  GridMismatch,              ///< arguments: what, expected, found
  ModalityUndecided,         ///< arguments: path
  NoSourceIdentity,          ///< arguments: path; DICOM export asked of a case without DICOM source
  NothingToWrite,            ///< arguments: what would help
  // case and edits
  UnknownItem, ///< arguments: kind, id
  InvalidEdit, ///< arguments: verb, reason
  NothingToUndo,
  NothingToRedo,
  CaseNewerVersion, ///< arguments: path, version found, version known
  CaseDamaged,      ///< arguments: path, what
  CaseLocked,       ///< arguments: path, holder
  // networks
  ModelNotFound,     ///< arguments: folder or task
  ModelUntrusted,    ///< arguments: name, hash
  ModelDamaged,      ///< arguments: name, what
  ModelUnsuitable,   ///< arguments: name, reason
  WorkerNotStarted,  ///< arguments: reason
  WorkerDied,        ///< arguments: stage
  WorkerRefused,     ///< arguments: reason
  ProtocolViolation, ///< arguments: what
  DeviceUnavailable, ///< arguments: device
  // resources and control
  OutOfMemory, ///< arguments: MiB needed, MiB allowed
  Cancelled,
  Usage,    ///< arguments: what is wrong, the nearest right form
  NotYet,   ///< arguments: what
  Internal, ///< arguments: what; a defect of ours
};

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::vector<std::string> arguments;
  std::string where; ///< function or stage, for the log; never shown alone
};

/// The enumerator's name ("FileNotFound"), for logs and tests.
const char* errorCodeName(ErrorCode code);

/// Builds an error: `fail(ErrorCode::FileNotFound, {path}, "openSeries")`.
inline Error fail(ErrorCode code, std::vector<std::string> arguments = {}, std::string where = {}) {
  return Error{code, std::move(arguments), std::move(where)};
}

} // namespace spondyl

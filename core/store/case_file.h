#pragma once
// A case in one file (.spondyl): everything of the Case exactly, references to the images it was made from,
// and, if asked, their voxels. The same SQLite schema as the journal, holding one snapshot.
//
// Voxels are referred to by default: path, path relative to the .spondyl file, size and SHA-256 of every
// source file. Series for which needsEmbedding() is true (an unpacked archive, gone with the program) are
// embedded by the caller, who has their voxels.

#include "core/base/progress.h"
#include "core/store/journal.h"

namespace spondyl {

struct EmbeddedVolume {
  std::string seriesUid;
  std::size_t stack = 0;
  VolumePtr volume;
};

/// The series' files are temporary: without its voxels the case would come back without images.
inline bool needsEmbedding(const Series& series) {
  return series.keepsAlive != nullptr;
}

struct SaveOptions {
  std::vector<EmbeddedVolume> embed; ///< kept in the file, losslessly compressed
  std::vector<AuditEntry> audit;     ///< who did what until now
  bool digestSources = true;         ///< reads every source file once
  JobContext job;
};

/// Written whole: under its name only when complete; an older file of that name stays until then.
/// Errors: FileNotWritable, DiskFull, Cancelled.
Status saveCaseFile(const Case& c, const Path& file, const SaveOptions& options = {});

enum class SourceState : unsigned char {
  Present, ///< where it was, same size (and same digest, if that was looked at)
  Moved,   ///< found beside the .spondyl file; the case's path has been set to that
  Changed, ///< there, but another size or digest
  Missing,
};
struct SourceReport {
  std::string seriesUid;
  std::size_t files = 0, moved = 0, changed = 0, missing = 0;
  bool embedded = false; ///< at least one stack's voxels are in the file
  bool usable() const { return embedded || (files > 0 && missing == 0 && changed == 0); }
};

struct OpenedCase {
  CasePtr state; ///< content as saved; only paths of moved sources differ (`relocated`)
  bool relocated = false;
  std::vector<EmbeddedVolume> volumes;
  std::vector<SourceReport> sources; ///< one per series
  std::vector<AuditEntry> audit;
};
struct OpenOptions {
  bool checkDigests = false; ///< reads every source file; without it sizes are compared
  bool loadVolumes = true;
  JobContext job;
};
/// Errors: FileNotFound, FileUnreadable, CaseDamaged, CaseNewerVersion, OutOfMemory, Cancelled.
Result<OpenedCase> openCaseFile(const Path& file, const OpenOptions& options = {});

} // namespace spondyl

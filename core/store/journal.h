#pragma once
// Every step of a Document, kept on disk as it happens. One SQLite file: a row per step with the case's
// delta, undo and redo included, and a full snapshot now and then. Each row has a checksum that covers the
// row before. The file belongs to one process at a time.

#include "core/base/medium.h"
#include "core/edit/document.h"

namespace spondyl {

/// One row for the audit list.
struct AuditEntry {
  enum class Kind : unsigned char { Snapshot, Apply, Undo, Redo } kind = Kind::Apply;
  std::int64_t number = 0; ///< from 1, without gaps
  std::string verb, person, when;
  bool operator==(const AuditEntry&) const = default;
};

/// What opening a journal found.
struct JournalReplay {
  std::vector<AuditEntry> steps; ///< in the state that was restored, as far as their rows can be read
  std::vector<AuditEntry> lost;  ///< could not be restored; verb empty where even that cannot be read
  std::string damage;            ///< what was found wrong; empty: nothing
  Path keptAside;                ///< the damaged file, kept as it was; empty: none
  bool closedCleanly = false;
  bool tornTail = false; ///< one step at the end is incomplete: it was being written when the program ended
  bool fromCopy = false; ///< the file could not be read at all; this is the copy made when it was last opened
};

struct JournalOptions {
  std::string vfs;              ///< SQLite's name of a file system; empty: the system's (tests use others)
  std::optional<Medium> medium; ///< empty: found out
  int stepsPerSnapshot = 200;
  int snapshotIdleMs = 1000; ///< a due snapshot waits until nobody has worked for so long
  /// On the journal's thread. A failed write is tried again with the next step, flush() or second.
  std::function<void(const Error&)> onError;
  std::function<void(Revision)> onDurable;
};

class Journal {
 public:
  /// A new file with `initial` as its first row. Errors: ResultExists, DiskFull, FileNotWritable (a read-only
  /// medium).
  static Result<std::unique_ptr<Journal>> create(const Path& file, CasePtr initial,
                                                 JournalOptions options = {});

  struct Opened;
  /// Restores the furthest state that can be reached over undamaged rows and goes on from it. A copy of the
  /// file is made first. Where steps are lost the damaged file is kept aside and a new one begun. Errors:
  /// FileNotFound, CaseLocked, CaseNewerVersion, CaseDamaged (no state can be restored), DiskFull.
  static Result<Opened> open(const Path& file, JournalOptions options = {});

  ~Journal(); ///< writes what waits; does not mark the journal as closed

  /// Returns at once; the row is durable within 50 ms unless the disk is slower. Steps must follow each
  /// other.
  void append(const Step& step);
  /// Waits until everything appended is durable, or says why it is not (nothing is dropped: it stays in
  /// memory).
  Status flush();
  /// flush(), then marks the journal as closed cleanly.
  Status close();

  Revision durableRevision() const;
  Medium medium() const { return m_medium; }
  const Path& file() const { return m_file; }

 private:
  class Worker;
  Journal(Path file, Medium medium, std::unique_ptr<Worker> worker);
  Path m_file;
  Medium m_medium;
  std::unique_ptr<Worker> m_worker;
};

struct Journal::Opened {
  std::unique_ptr<Journal> journal;
  CasePtr state;
  JournalReplay replay;
};

/// What a list of unfinished work shows; reads no step.
struct JournalSummary {
  std::string caseId, title, when; ///< title: patient and date of the images; when: of the last change, UTC
  bool closedCleanly = false;
  bool inUse = false;   ///< another process has it open; then the texts are empty
  bool damaged = false; ///< could not be read: opening may still restore it
};
JournalSummary summariseJournal(const Path& file);

} // namespace spondyl

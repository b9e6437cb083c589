#pragma once
// Where this user's cases are kept between sessions: journals, and a list of what was opened lately.

#include "core/store/journal.h"

namespace spondyl {

struct RecentCase {
  std::string caseId, title, when; ///< when: last opened, UTC
  Path opened;                     ///< the folder, image file or .spondyl file
  bool operator==(const RecentCase&) const = default;
};

/// A journal with work that is in no saved file: something to go on with.
struct RecoverableCase {
  Path journal;
  JournalSummary summary;
};

class Library {
 public:
  /// $SPONDYL_DATA_DIR, else $XDG_DATA_HOME/spondyl, else ~/.local/share/spondyl.
  static Path defaultFolder();
  /// Makes the folder (mode 0700) if it is missing. Errors: FileNotWritable, DiskFull.
  static Result<Library> open(const Path& folder = defaultFolder());

  const Path& folder() const { return m_folder; }
  /// A file name that holds nothing of the patient.
  Path journalFor(const std::string& caseId) const;

  /// Newest first. A list that cannot be read is empty: it is no clinical data.
  std::vector<RecentCase> recent() const;
  /// Puts it first; at most 50 are kept.
  Status remember(const RecentCase& entry);
  Status forget(const std::string& caseId);

  /// Journals that no other process has open, newest first. Those whose work was saved have been discarded.
  std::vector<RecoverableCase> recoverable() const;
  /// Removes a journal with its log and copy: the work is saved elsewhere, or the reader does not want it
  /// back.
  Status discard(const Path& journal);

 private:
  explicit Library(Path folder) : m_folder(std::move(folder)) {}
  Status writeRecent(const std::vector<RecentCase>& entries) const;
  Path m_folder;
};

} // namespace spondyl

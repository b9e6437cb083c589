#pragma once
// The journal of one case while its file may still be on its way: steps wait here until it is there, so that
// none is lost when the study is left in the meantime. Safe to use from several threads.

#include "core/store/library.h"

#include <deque>
#include <mutex>

namespace spondyl::app {

class JournalFeed {
 public:
  /// A journal to be made in the library of `folder` as soon as open() is called.
  JournalFeed(Path folder, CasePtr initial, JournalOptions options);
  /// One that is open already.
  JournalFeed(Path folder, std::shared_ptr<Journal> journal);

  /// Returns at once.
  void append(const Step& step);
  /// Makes the file and hands it what waits. Waits for the disk; may be tried again. Errors: as
  /// Journal::create.
  Status open();
  bool isOpen() const;
  /// Writes everything, then ends the journal: marked as closed, or removed with all that belongs to it.
  Status end(bool discard);
  /// Steps up to here are on the disk.
  Revision durableRevision() const;

 private:
  std::shared_ptr<Journal> journal() const;
  const Path m_folder;
  CasePtr m_initial;
  JournalOptions m_options;
  std::mutex m_opening;         ///< held while the file is made
  mutable std::mutex m_content; ///< only for moments
  std::deque<Step> m_waiting;
  std::shared_ptr<Journal> m_journal;
};

} // namespace spondyl::app

#include "app/window/journal_feed.h"

namespace spondyl::app {

JournalFeed::JournalFeed(Path folder, CasePtr initial, JournalOptions options)
    : m_folder(std::move(folder)), m_initial(std::move(initial)), m_options(std::move(options)) {}

JournalFeed::JournalFeed(Path folder, std::shared_ptr<Journal> journal)
    : m_folder(std::move(folder)), m_journal(std::move(journal)) {}

std::shared_ptr<Journal> JournalFeed::journal() const {
  const std::lock_guard lock(m_content);
  return m_journal;
}

bool JournalFeed::isOpen() const {
  return journal() != nullptr;
}

Revision JournalFeed::durableRevision() const {
  const auto now = journal();
  return now ? now->durableRevision() : 0;
}

void JournalFeed::append(const Step& step) {
  const std::lock_guard lock(m_content);
  if (m_journal)
    m_journal->append(step);
  else
    m_waiting.push_back(step);
}

Status JournalFeed::open() {
  const std::lock_guard opening(m_opening);
  if (isOpen())
    return {};
  SPONDYL_TRY(const Library library, Library::open(m_folder));
  // A name of its own: an earlier journal of this case may still wait to be restored.
  SPONDYL_TRY(std::unique_ptr<Journal> made,
              Journal::create(library.journalFor(m_initial->id + "-" + newUuid().substr(0, 8)), m_initial,
                              m_options));
  const std::lock_guard lock(m_content);
  for (const Step& step : m_waiting)
    made->append(step);
  m_waiting.clear();
  m_journal = std::move(made);
  return {};
}

Status JournalFeed::end(bool discard) {
  SPONDYL_CHECK(open()); // also to discard: it may be on its way
  std::shared_ptr<Journal> ended = journal();
  SPONDYL_CHECK(ended->close());
  if (!discard)
    return {};
  const Path file = ended->file();
  {
    const std::lock_guard lock(m_content);
    m_journal.reset();
  }
  ended.reset(); // else SQLite would still have the file
  SPONDYL_TRY(Library library, Library::open(m_folder));
  return library.discard(file);
}

} // namespace spondyl::app

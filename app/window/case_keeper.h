#pragma once
// Keeps the reader's work: a journal of every step while it happens, the list of what can be restored,
// .spondyl files. All input and output is done by jobs and by the journal's own thread.

#include "app/jobs/job_runner.h"
#include "app/window/journal_feed.h"
#include "app/window/session.h"
#include "core/store/case_file.h"

namespace spondyl::app {

/// Work on a case that is in no saved file.
struct RecoverableCase {
  std::string key;    ///< the journal's file name
  std::string name;   ///< patient and date of the images
  std::string detail; ///< when it was last changed, and whether Spondyl ended unexpectedly
};

class CaseKeeper : public QObject {
  Q_OBJECT
 public:
  /// `folder`: the library that holds the journals; empty: the user's own.
  CaseKeeper(JobRunner& jobs, Notices& notices, Session& session, Path folder = {},
             QObject* parent = nullptr);
  ~CaseKeeper() override; ///< closes the journal cleanly

  void open(const Path& caseFile);
  void save(const Path& caseFile);
  const Path& savedPath() const { return m_savedPath; }
  bool isSaved() const { return !m_savedPath.empty() && m_savedRevision == m_revision; }
  /// The study is left: its journal is closed, and removed if nothing in it is unsaved.
  void leave();

  void findRecoverable();
  const std::vector<RecoverableCase>& recoverable() const { return m_recoverable; }
  void restore(const std::string& key);
  void forget(const std::string& key);
  /// Voxels that came with the case file, if this stack's did.
  VolumePtr embedded(const std::string& seriesUid, std::size_t stack) const;
  /// Steps that have been handed to the journal and are on the disk.
  Revision durableRevision() const { return m_feed ? m_feed->durableRevision() : 0; }

 signals:
  void caseBegun(); ///< the session has a case from a file or journal; its image is still to be read
  void recoverableChanged();
  void stateChanged(); ///< saved, unsaved, another file

 private:
  void onStep(const Step& step);
  void openFeed();
  void begin(CasePtr state, const QString& title);
  void tellSources(const OpenedCase& opened);
  void tellReplay(const JournalReplay& replay);
  JournalOptions journalOptions();
  std::vector<EmbeddedVolume> volumesToEmbed() const;
  Path journalPath(const std::string& key) const { return m_folder / "journals" / key; }

  JobRunner& m_jobs;
  Notices& m_notices;
  Session& m_session;
  Path m_folder, m_savedPath;
  std::shared_ptr<JournalFeed> m_feed; ///< from the first step on
  bool m_feedOpening = false, m_beginning = false;
  Revision m_revision = 0, m_savedRevision = 0;
  std::vector<EmbeddedVolume> m_embedded;
  std::vector<RecoverableCase> m_recoverable;
};

} // namespace spondyl::app

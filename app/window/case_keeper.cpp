#include "app/window/case_keeper.h"

#include "app/wording/error_text.h"

#include <QCoreApplication>
#include <QStandardPaths>

#include <algorithm>

namespace spondyl::app {
namespace {

Path defaultFolder() {
  return Path(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation).toStdString()) / "spondyl" / "cases";
}

/// Only the reader may look into it.
void makePrivateFolder(const Path& folder) {
  std::error_code ignored; // the journal says what is wrong when it cannot be written
  std::filesystem::create_directories(folder, ignored);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
}

StudyListing listingOf(const Case& c) {
  StudyListing listing;
  listing.studies = c.studies.get();
  return listing;
}

} // namespace

CaseKeeper::CaseKeeper(JobRunner& jobs, Notices& notices, Session& session, Path folder, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_notices(notices), m_session(session),
      m_folder(folder.empty() ? defaultFolder() : std::move(folder)) {
  connect(&session, &Session::stepDone, this, &CaseKeeper::onStep);
  connect(&session, &Session::studyChanged, this, [this] {
    if (m_beginning) return;
    leave(); // another study: the work on the one before stays in its journal
  });
}

CaseKeeper::~CaseKeeper() { leave(); }

JournalOptions CaseKeeper::journalOptions() {
  JournalOptions options;
  QPointer<CaseKeeper> self(this);
  options.onError = [self](const Error& error) { // on the journal's thread
    QMetaObject::invokeMethod(
        qApp, [self, error] { if (self) self->m_notices.error(error, QStringLiteral("journal")); }, Qt::QueuedConnection);
  };
  return options;
}

void CaseKeeper::onStep(const Step& step) {
  m_revision = step.revision;
  emit stateChanged();
  if (m_journal) return m_journal->append(step);
  m_waiting.push_back(step);
  if (!m_journalAsked) beginJournal(step.before);
}

void CaseKeeper::beginJournal(const CasePtr& initial) {
  m_journalAsked = true;
  // A name of its own: an earlier journal of this case may still wait to be restored.
  const Path file = journalPath(initial->id + "-" + newUuid().substr(0, 8) + ".journal");
  m_jobs.start<std::shared_ptr<Journal>>(
      JobSpec({}, "journal", this),
      [file, folder = m_folder, initial, options = journalOptions()](const JobContext&) -> Result<std::shared_ptr<Journal>> {
        makePrivateFolder(folder);
        SPONDYL_TRY(std::unique_ptr<Journal> made, Journal::create(file, initial, options));
        return std::shared_ptr<Journal>(std::move(made));
      },
      [this, id = initial->id](Result<std::shared_ptr<Journal>> made) {
        if (m_session.snapshot()->id != id) return; // left meanwhile
        if (!made) {
          m_notices.error(made.error(), QStringLiteral("journal"));
          return;
        }
        m_journal = std::move(*made);
        for (const Step& step : m_waiting) m_journal->append(step);
        m_waiting.clear();
      });
}

void CaseKeeper::leave() {
  const bool unsaved = m_revision != m_savedRevision;
  if (m_journal) {
    // Closing waits for the disk: not here.
    m_jobs.start<bool>(
        JobSpec({}, {}, nullptr),
        [journal = std::move(m_journal), unsaved](const JobContext&) -> Result<bool> {
          SPONDYL_CHECK(journal->close());
          const Path file = journal->file();
          std::error_code ignored;
          if (!unsaved) std::filesystem::remove(file, ignored);
          return true;
        },
        [](Result<bool>) {});
  }
  m_journal.reset();
  m_waiting.clear();
  m_embedded.clear();
  m_journalAsked = false;
  m_savedPath.clear();
  m_revision = m_savedRevision = 0;
  emit stateChanged();
}

void CaseKeeper::begin(CasePtr state, const QString& title) {
  m_beginning = true;
  StudyListing listing = listingOf(*state);
  m_session.begin(std::move(listing), std::move(state), title);
  m_beginning = false;
  emit stateChanged();
  emit caseBegun();
}

void CaseKeeper::open(const Path& caseFile) {
  m_notices.dismissKey(QStringLiteral("open"));
  m_jobs.start<OpenedCase>(
      JobSpec(tr("Opening %1").arg(QString::fromStdString(caseFile.filename().string())), "open", this),
      [caseFile](const JobContext& job) {
        OpenOptions options;
        options.job = job;
        return openCaseFile(caseFile, options);
      },
      [this, caseFile](Result<OpenedCase> opened) {
        if (!opened) {
          m_notices.error(opened.error(), QStringLiteral("open"));
          return;
        }
        leave();
        m_notices.clear();
        m_embedded = std::move(opened->volumes);
        m_savedPath = caseFile;
        tellSources(*opened);
        begin(opened->state, QString::fromStdString(caseFile.filename().string()));
      });
}

void CaseKeeper::tellSources(const OpenedCase& opened) {
  std::size_t missing = 0, changed = 0;
  for (const SourceReport& source : opened.sources) {
    if (source.embedded) continue;
    missing += source.missing;
    changed += source.changed;
  }
  if (missing)
    m_notices.attention(tr("%1 image files of this case are not where they were. Put them beside the case file, or open the images first.")
                            .arg(missing), QStringLiteral("sources"));
  if (changed)
    m_notices.attention(tr("%1 image files of this case have changed since it was saved.").arg(changed), QStringLiteral("sources changed"));
}

VolumePtr CaseKeeper::embedded(const std::string& seriesUid, std::size_t stack) const {
  const auto at = std::find_if(m_embedded.begin(), m_embedded.end(), [&](const EmbeddedVolume& v) {
    return v.seriesUid == seriesUid && v.stack == stack;
  });
  return at == m_embedded.end() ? nullptr : at->volume;
}

std::vector<EmbeddedVolume> CaseKeeper::volumesToEmbed() const {
  std::vector<EmbeddedVolume> volumes = m_embedded;
  const Series* series = m_session.series();
  if (series && needsEmbedding(*series) && m_session.imageComplete()) {
    const std::size_t stack = std::size_t(m_session.view().stack);
    if (!embedded(series->uid, stack)) volumes.push_back({series->uid, stack, m_session.volume()});
  }
  return volumes;
}

void CaseKeeper::save(const Path& caseFile) {
  if (!m_session.hasStudy()) return;
  m_jobs.start<bool>(
      JobSpec(tr("Saving"), "save", this),
      [caseFile, now = m_session.snapshot(), embed = volumesToEmbed()](const JobContext& job) -> Result<bool> {
        SaveOptions options;
        options.embed = embed;
        options.job = job;
        SPONDYL_CHECK(saveCaseFile(*now, caseFile, options));
        return true;
      },
      [this, caseFile, id = m_session.snapshot()->id, revision = m_revision](Result<bool> saved) {
        if (!saved) {
          m_notices.error(saved.error(), QStringLiteral("save"));
          return;
        }
        m_notices.info(tr("Saved: %1").arg(QString::fromStdString(caseFile.string())), QStringLiteral("save"));
        if (m_session.snapshot()->id != id) return;
        m_savedPath = caseFile;
        m_savedRevision = revision;
        emit stateChanged();
      });
}

void CaseKeeper::findRecoverable() {
  m_jobs.start<std::vector<RecoverableCase>>(
      JobSpec({}, "recoverable", this),
      [folder = m_folder](const JobContext&) -> Result<std::vector<RecoverableCase>> {
        std::vector<std::pair<std::string, RecoverableCase>> found; // by time of the last change
        std::error_code none;
        for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
          if (entry.path().extension() != ".journal") continue;
          const JournalSummary summary = summariseJournal(entry.path());
          if (summary.inUse) continue;
          RecoverableCase item;
          item.key = entry.path().filename().string();
          item.name = summary.title.empty() ? "Case without a name" : summary.title;
          item.detail = summary.damaged ? "damaged; what can be read will be restored"
                                        : "last change " + summary.when.substr(0, 10) + " " +
                                              (summary.when.size() >= 16 ? summary.when.substr(11, 5) + " UTC" : "") +
                                              (summary.closedCleanly ? "" : ", Spondyl ended unexpectedly");
          found.emplace_back(summary.when, std::move(item));
        }
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        std::vector<RecoverableCase> list;
        for (auto& [when, item] : found) list.push_back(std::move(item));
        return list;
      },
      [this](Result<std::vector<RecoverableCase>> list) {
        if (list) m_recoverable = std::move(*list);
        emit recoverableChanged();
      });
}

void CaseKeeper::restore(const std::string& key) {
  struct Restored {
    std::shared_ptr<Journal> journal;
    CasePtr state;
    JournalReplay replay;
  };
  m_jobs.start<Restored>(
      JobSpec(tr("Restoring"), "open", this),
      [file = journalPath(key), options = journalOptions()](const JobContext&) -> Result<Restored> {
        SPONDYL_TRY(Journal::Opened opened, Journal::open(file, options));
        return Restored{std::move(opened.journal), std::move(opened.state), std::move(opened.replay)};
      },
      [this](Result<Restored> restored) {
        if (!restored) {
          m_notices.error(restored.error(), QStringLiteral("open"));
          return;
        }
        leave();
        m_notices.clear();
        m_journal = restored->journal;
        m_journalAsked = true;
        m_savedRevision = Revision(-1); // in no file yet
        tellReplay(restored->replay);
        begin(restored->state, tr("Restored case"));
        findRecoverable();
      });
}

void CaseKeeper::tellReplay(const JournalReplay& replay) {
  if (replay.lost.empty() && replay.damage.empty()) return;
  QString text = tr("The journal was damaged (%1).").arg(QString::fromStdString(replay.damage));
  if (!replay.lost.empty()) text += QLatin1Char(' ') + tr("%1 steps could not be restored.").arg(replay.lost.size());
  if (!replay.keptAside.empty()) text += QLatin1Char(' ') + tr("The damaged file is kept as %1.").arg(QString::fromStdString(replay.keptAside.string()));
  m_notices.attention(text, QStringLiteral("journal"));
}

void CaseKeeper::forget(const std::string& key) {
  m_jobs.start<bool>(
      JobSpec({}, {}, this),
      [file = journalPath(key)](const JobContext&) -> Result<bool> {
        std::error_code failed;
        for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(Path(file.string() + ending), failed);
        return true;
      },
      [this](Result<bool>) { findRecoverable(); });
}

} // namespace spondyl::app

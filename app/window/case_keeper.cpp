#include "app/window/case_keeper.h"

#include "app/wording/error_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace spondyl::app {
namespace {

StudyListing listingOf(const Case& c) {
  StudyListing listing;
  listing.studies = c.studies.get();
  return listing;
}

} // namespace

CaseKeeper::CaseKeeper(JobRunner& jobs, Notices& notices, Session& session, Path folder, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_notices(notices), m_session(session),
      m_folder(folder.empty() ? Library::defaultFolder() : std::move(folder)) {
  connect(&session, &Session::stepDone, this, &CaseKeeper::onStep);
  connect(&session, &Session::studyChanged, this, [this] {
    if (m_beginning)
      return;
    leave(); // another study: the work on the one before stays in its journal
  });
}

CaseKeeper::~CaseKeeper() {
  leave();
}

JournalOptions CaseKeeper::journalOptions() {
  JournalOptions options;
  QPointer<CaseKeeper> self(this);
  options.onError = [self](const Error& error) { // on the journal's thread
    QMetaObject::invokeMethod(
        qApp,
        [self, error] {
          if (self)
            self->m_notices.error(error, QStringLiteral("journal"));
        },
        Qt::QueuedConnection);
  };
  return options;
}

void CaseKeeper::onStep(const Step& step) {
  m_revision = step.revision;
  if (!m_feed)
    m_feed = std::make_shared<JournalFeed>(m_folder, step.before, journalOptions());
  m_feed->append(step);
  if (!m_feed->isOpen() && !m_feedOpening)
    openFeed();
  emit stateChanged();
}

void CaseKeeper::openFeed() {
  m_feedOpening = true;
  m_jobs.start<bool>(
      JobSpec({}, {}, this),
      [feed = m_feed](const JobContext&) -> Result<bool> {
        SPONDYL_CHECK(feed->open());
        return true;
      },
      [this, feed = m_feed](Result<bool> opened) {
        if (feed != m_feed)
          return; // left meanwhile
        m_feedOpening = false;
        if (!opened)
          m_notices.error(opened.error(), QStringLiteral("journal")); // the next step tries again
      });
}

void CaseKeeper::leave() {
  if (m_feed) {
    // Closing waits for the disk: not here.
    m_jobs.start<bool>(
        JobSpec({}, {}, nullptr),
        [feed = std::move(m_feed), saved = m_revision == m_savedRevision](const JobContext&) -> Result<bool> {
          SPONDYL_CHECK(feed->end(saved));
          return true;
        },
        [](Result<bool>) {});
  }
  m_feed.reset();
  m_embedded.clear();
  m_feedOpening = false;
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
    if (source.embedded)
      continue;
    missing += source.missing;
    changed += source.changed;
  }
  if (missing)
    m_notices.attention(tr("%1 image files of this case are not where they were. Put them beside the case "
                           "file, or open the images first.")
                            .arg(missing),
                        QStringLiteral("sources"));
  if (changed)
    m_notices.attention(tr("%1 image files of this case have changed since it was saved.").arg(changed),
                        QStringLiteral("sources changed"));
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
    if (!embedded(series->uid, stack))
      volumes.push_back({series->uid, stack, m_session.volume()});
  }
  return volumes;
}

void CaseKeeper::save(const Path& caseFile) {
  if (!m_session.hasStudy())
    return;
  m_jobs.start<bool>(
      JobSpec(tr("Saving"), "save", this),
      [caseFile, now = m_session.snapshot(),
       embed = volumesToEmbed()](const JobContext& job) -> Result<bool> {
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
        m_notices.info(tr("Saved: %1").arg(QString::fromStdString(caseFile.string())),
                       QStringLiteral("save"));
        if (m_session.snapshot()->id != id)
          return;
        m_savedPath = caseFile;
        m_savedRevision = revision;
        emit stateChanged();
      });
}

void CaseKeeper::findRecoverable() {
  m_jobs.start<std::vector<RecoverableCase>>(
      JobSpec({}, "recoverable", this),
      [folder = m_folder](const JobContext&) -> Result<std::vector<RecoverableCase>> {
        SPONDYL_TRY(const Library library, Library::open(folder));
        std::vector<RecoverableCase> list;
        for (const auto& [journal, summary] : library.recoverable()) {
          RecoverableCase item;
          item.key = journal.filename().string();
          item.name = summary.title.empty() ? "Case without a name" : summary.title;
          item.detail = summary.damaged
                            ? "damaged; what can be read will be restored"
                            : "last change " + summary.when.substr(0, 10) + " " +
                                  (summary.when.size() >= 16 ? summary.when.substr(11, 5) + " UTC" : "") +
                                  (summary.closedCleanly ? "" : ", Spondyl ended unexpectedly");
          list.push_back(std::move(item));
        }
        return list;
      },
      [this](Result<std::vector<RecoverableCase>> list) {
        if (list)
          m_recoverable = std::move(*list);
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
        m_feed = std::make_shared<JournalFeed>(m_folder, restored->journal);
        m_savedRevision = Revision(-1); // in no file yet
        tellReplay(restored->replay);
        begin(restored->state, tr("Restored case"));
        findRecoverable();
      });
}

void CaseKeeper::tellReplay(const JournalReplay& replay) {
  QString text;
  if (replay.fromCopy)
    text = tr("The journal could not be read; this is the copy that was made when the case was last "
              "restored, and what was "
              "done after that is lost.");
  else if (!replay.damage.empty() || !replay.lost.empty())
    text = tr("The journal was damaged (%1).").arg(QString::fromStdString(replay.damage));
  else if (replay.tornTail)
    text = tr("The last step was still being written when Spondyl ended and is missing; everything before it "
              "is here.");
  else
    return;
  if (!replay.lost.empty())
    text += QLatin1Char(' ') + tr("%1 steps could not be restored.").arg(replay.lost.size());
  if (!replay.keptAside.empty())
    text += QLatin1Char(' ') +
            tr("The damaged file is kept as %1.").arg(QString::fromStdString(replay.keptAside.string()));
  m_notices.attention(text, QStringLiteral("restored"));
}

void CaseKeeper::forget(const std::string& key) {
  m_jobs.start<bool>(
      JobSpec({}, {}, this),
      [folder = m_folder, file = journalPath(key)](const JobContext&) -> Result<bool> {
        SPONDYL_TRY(Library library, Library::open(folder));
        SPONDYL_CHECK(library.discard(file));
        return true;
      },
      [this](Result<bool> forgotten) {
        if (!forgotten)
          m_notices.error(forgotten.error(), QStringLiteral("journal"));
        findRecoverable();
      });
}

} // namespace spondyl::app

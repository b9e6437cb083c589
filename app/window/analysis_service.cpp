#include "app/window/analysis_service.h"

#include "app/window/label_import.h"
#include "app/window/level_commands.h"
#include "app/window/settings.h"
#include "app/wording/error_text.h"

namespace spondyl::app {

AnalysisService::AnalysisService(JobRunner& jobs, Notices& notices, Session& session, Settings& settings,
                                 QObject* parent)
    : QObject(parent), m_jobs(jobs), m_notices(notices), m_session(session), m_settings(settings) {
  // Another study: what was being computed belongs to the one before.
  connect(&session, &Session::studyChanged, this, [this] { m_jobs.cancelKey("analysis"); });
  // Once the review has begun, the hint that there is something to review has done its work.
  connect(&session, &Session::caseChanged, this, [this] {
    const int waiting = m_session.levels()->waiting;
    if (waiting < m_waiting)
      m_notices.dismissKey(QStringLiteral("analysis"));
    m_waiting = waiting;
  });
}

Input AnalysisService::input() const {
  Input made;
  made.path = Path(m_session.title().toStdString());
  made.volume = m_session.volume();
  made.stack = std::size_t(m_session.view().stack);
  if (m_session.series())
    made.series = *m_session.series();
  for (const Study& study : m_session.listing().studies)
    for (const Series& series : study.series)
      if (series.uid == made.series.uid)
        made.study = study;
  return made;
}

Path AnalysisService::chosenModels() const {
  const Series* series = m_session.series();
  const QString kind = series ? QString::fromStdString(series->modality).toLower() : QString();
  const QString own = m_settings.modelFor(kind);
  return (own.isEmpty() ? m_settings.modelFolder() : own).toStdString();
}

void AnalysisService::run() {
  runWithOptions(chosenModels(), {});
}
void AnalysisService::runWith(const Path& models) {
  runWithOptions(models, {});
}
void AnalysisService::runWithAnchor(inference::ReaderAnchor anchor) {
  runWithOptions(chosenModels(), anchor);
}

void AnalysisService::runWithOptions(const Path& models, std::optional<inference::ReaderAnchor> anchor) {
  if (!m_session.imageComplete() || isRunning())
    return;
  AnalysisOptions options;
  options.models = models;
  options.device = m_settings.device().toStdString();
  options.anchor = anchor;
  start(std::move(options), tr("Segmenting"));
}

void AnalysisService::takeLabels(const Path& path) {
  if (!m_session.imageComplete())
    return;
  AnalysisOptions options;
  options.labels = path;
  start(std::move(options), tr("Reading labels"));
}

void AnalysisService::stop() {
  m_jobs.cancelKey("analysis");
}

void AnalysisService::start(AnalysisOptions options, const QString& title) {
  m_notices.dismissKey(QStringLiteral("analysis"));
  m_jobs.start<ProposedSpine>(
      JobSpec(title, "analysis", this),
      [options, from = input()](const JobContext& job) -> Result<ProposedSpine> {
        AnalysisOptions wanted = options;
        if (wanted.labels) {
          SPONDYL_TRY(const LabelJudgement judged, judgeLabels(*wanted.labels, from.volume->grid(), job));
          wanted.labelScheme = judged.scheme;
          if (from.series.modality.empty())
            wanted.modality = "ct"; // labels do not depend on it
        }
        return proposeSpine(from, wanted, job);
      },
      [this, options](Result<ProposedSpine> outcome) { finished(std::move(outcome), options); });
}

void AnalysisService::finished(Result<ProposedSpine> outcome, const AnalysisOptions& options) {
  if (outcome) {
    for (const RunWarning& warning : outcome->run.warnings)
      m_notices.attention(QString::fromStdString(warning.text), QStringLiteral("analysis warning"));
    if (outcome->proposal.structures.all().empty()) {
      m_notices.attention(tr("No spine was found in this image."), QStringLiteral("analysis"));
      return;
    }
    m_session.applyInJob(AddProposal{std::move(outcome->proposal)}, [this](bool done) {
      if (done)
        tellResult();
    });
    return;
  }
  if (outcome.error().code == ErrorCode::Cancelled) {
    m_notices.info(tr("Stopped. The case is as it was."), QStringLiteral("analysis"));
    return;
  }
  Notice notice;
  notice.severity = Severity::Error;
  notice.key = QStringLiteral("analysis");
  notice.text = QString::fromStdString(errorSentence(outcome.error()));
  const ErrorCode code = outcome.error().code;
  if (code == ErrorCode::WorkerDied || code == ErrorCode::WorkerNotStarted) {
    notice.actionText = tr("Try again");
    notice.action = [this, options] {
      start(options, options.labels ? tr("Reading labels") : tr("Segmenting"));
    };
  } else if (code == ErrorCode::ModelNotFound || code == ErrorCode::ModelUnsuitable ||
             code == ErrorCode::ModelDamaged) {
    notice.text +=
        QLatin1Char(' ') +
        tr("Reading, drawing and measuring work without it; a label file can be opened as a proposal.");
  }
  m_notices.add(std::move(notice));
}

void AnalysisService::tellResult() {
  emit proposed();
  const auto levels = m_session.levels();
  if (levels->rows.empty())
    return;
  if (!m_session.selectedRow())
    m_session.goToLevel(levels->rows[levels->rows.size() / 2].instance);
  Notice notice;
  notice.key = QStringLiteral("analysis");
  notice.severity = levels->namingNeedsReader ? Severity::Attention : Severity::Info;
  notice.text = levels->namingNeedsReader
                    ? QString::fromStdString(levels->naming)
                    : tr("%1 vertebrae are proposed. Enter accepts the selected one, Shift+Enter all.")
                          .arg(levels->waiting);
  if (!levels->namingNeedsReader) {
    notice.actionText = tr("Accept all");
    notice.action = [this] { acceptAll(m_session); };
  }
  m_notices.add(std::move(notice));
}

} // namespace spondyl::app

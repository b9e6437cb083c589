#include "app/window/map_service.h"

#include "app/window/analysis_service.h"
#include "app/window/settings.h"
#include "app/wording/error_text.h"
#include "app/workflow/scalar_map.h"

#include <algorithm>

namespace spondyl::app {
namespace {
const QString noticeKey = QStringLiteral("map");
}

MapService::MapService(JobRunner& jobs, Notices& notices, Session& session, const Settings& settings,
                       const AnalysisService& analysis, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_notices(notices), m_session(session), m_settings(settings),
      m_analysis(analysis) {
  for (auto signal : {&Session::studyChanged, &Session::imageChanged, &Session::caseChanged})
    connect(&session, signal, this, &MapService::forgetStale);
  // Saliency is that of the voxels that were marked: once they are drawn anew it is of something else.
  connect(&session, &Session::voxelsChanged, this, [this] {
    if (shows(viewer::ScalarKind::Saliency))
      hide();
  });
}

const Proposal* MapService::newestProposal() const {
  const CasePtr c = m_session.snapshot();
  const Series* series = m_session.series();
  if (!c || !series)
    return nullptr;
  const Proposal* newest = nullptr;
  for (const ProposalPtr& p : c->proposals)
    if (p->seriesUid == series->uid)
      newest = p.get(); // they are owned by the document's case, which outlives this call
  return newest;
}

MapService::Belongs MapService::now() const {
  const Proposal* proposal = newestProposal();
  return {m_session.volume(), proposal ? proposal->id : ProposalId{}};
}

void MapService::forgetStale() {
  if (now() == m_belongs)
    return;
  m_jobs.cancelKey("map");
  m_notices.dismissKey(noticeKey);
  m_uncertainty.reset();
  m_belongs = now();
  hide();
}

void MapService::show(viewer::ScalarOverlayPtr overlay) {
  if (overlay == m_shown)
    return;
  m_shown = std::move(overlay);
  emit changed();
}

void MapService::nextOpacity() {
  viewer::ViewState view = m_session.view();
  view.scalarOpacity = view.scalarOpacity > 0.9 ? 0.7 : view.scalarOpacity > 0.5 ? 0.4 : 1.0;
  m_session.setView(std::move(view));
}

namespace {

Input inputOf(const Session& session) {
  Input input;
  input.path = Path(session.title().toStdString());
  input.volume = session.volume();
  input.series = *session.series();
  return input;
}

MapOptions optionsOf(const Settings& settings, const AnalysisService& analysis) {
  MapOptions options;
  options.models = analysis.chosenModels();
  options.device = settings.device().toStdString();
  return options;
}

} // namespace

void MapService::toggleUncertainty() {
  if (isRunning())
    return m_jobs.cancelKey("map");
  if (shows(viewer::ScalarKind::Uncertainty))
    return hide();
  if (m_uncertainty)
    return show(m_uncertainty);
  if (!m_session.imageComplete() || !m_session.series())
    return;
  start(tr("Computing uncertainty"), viewer::ScalarKind::Uncertainty, {},
        [input = inputOf(m_session), shown = m_session.shown(), options = optionsOf(m_settings, m_analysis)](
            const JobContext& job) { return uncertaintyOf(input, *shown, options, job); });
}

void MapService::toggleSaliency(bool disc) {
  if (isRunning())
    return m_jobs.cancelKey("map");
  const InstanceId instance = m_session.selected();
  if (!m_session.imageComplete() || !m_session.series() || !instance)
    return;
  const std::pair asked{instance, disc};
  if (shows(viewer::ScalarKind::Saliency) && m_salient == asked)
    return hide();
  m_salient = asked;
  hide(); // what is shown is no longer what the menu ticks
  std::string subject = m_session.shown()->chain.displayName(instance);
  if (disc)
    subject = "disc below " + subject;
  start(tr("Computing saliency"), viewer::ScalarKind::Saliency, subject,
        [input = inputOf(m_session), shown = m_session.shown(), instance, disc,
         options = optionsOf(m_settings, m_analysis)](const JobContext& job) {
          return saliencyOf(input, *shown, instance, disc, options, job);
        });
}

void MapService::start(const QString& title, viewer::ScalarKind kind, std::string subject, Work work) {
  m_notices.dismissKey(noticeKey);
  m_belongs = now();
  m_jobs.start<inference::ScalarMapOutcome>(JobSpec(title, "map", this), std::move(work),
                                            [this, kind, subject = std::move(subject), belongs = m_belongs](
                                                Result<inference::ScalarMapOutcome> outcome) {
                                              finished(std::move(outcome), kind, subject, belongs);
                                            });
}

void MapService::finished(Result<inference::ScalarMapOutcome> outcome, viewer::ScalarKind kind,
                          const std::string& subject, const Belongs& belongs) {
  if (!outcome) {
    m_notices.error(outcome.error(), noticeKey);
    emit changed(); // nothing runs any more
    return;
  }
  if (!(belongs == now()))
    return;
  const inference::ScalarMapResult& result = outcome->result;
  for (const std::string& warning : result.warnings)
    m_notices.attention(QString::fromStdString(warning), noticeKey);
  const Proposal* proposal = newestProposal();
  if (proposal && proposal->provenance.origin == Provenance::Origin::Model &&
      proposal->provenance.weightsSha256 != result.weightsSha256)
    m_notices.attention(tr("The map is that of %1 %2, the proposal was made by %3 %4.")
                            .arg(QString::fromStdString(result.modelName),
                                 QString::fromStdString(result.modelVersion),
                                 QString::fromStdString(proposal->provenance.name),
                                 QString::fromStdString(proposal->provenance.version)),
                        noticeKey);
  auto overlay = std::make_shared<viewer::ScalarOverlay>();
  overlay->kind = kind;
  overlay->map = outcome->map;
  overlay->top = viewer::scaleTop(kind, result.maximum);
  overlay->subject = subject;
  if (kind == viewer::ScalarKind::Uncertainty)
    m_uncertainty = overlay;
  show(std::move(overlay));
}

} // namespace spondyl::app

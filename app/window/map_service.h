#pragma once
// The map of uncertainty or saliency over the slices: asked for, shown, hidden, and gone when the proposal or
// image that it belongs to changes.

#include "app/jobs/job_runner.h"
#include "app/window/session.h"
#include "inference/client/client.h"
#include "viewer/state/scalar_overlay.h"

namespace spondyl::app {

class AnalysisService;
struct Settings;

class MapService : public QObject {
  Q_OBJECT
 public:
  MapService(JobRunner& jobs, Notices& notices, Session& session, const Settings& settings,
             const AnalysisService& analysis, QObject* parent = nullptr);
  bool isRunning() const { return m_jobs.isRunning("map"); }
  /// What is over the slices; none: no map.
  const viewer::ScalarOverlayPtr& shown() const { return m_shown; }
  bool shows(viewer::ScalarKind kind) const { return m_shown && m_shown->kind == kind; }
  bool showsSaliency(bool ofDisc) const {
    return shows(viewer::ScalarKind::Saliency) && m_salient.second == ofDisc;
  }

  /// Shows the map, computing it if that has not been done; hides it if it is shown; stops it if it is being
  /// computed.
  void toggleUncertainty();
  /// Of the selected vertebra, or of the disc below it.
  void toggleSaliency(bool disc);
  /// A map of the image in view, over the slices; none: hides it.
  void show(viewer::ScalarOverlayPtr overlay);
  void hide() { show(nullptr); }
  /// 70, 40, 100 %.
  void nextOpacity();

 signals:
  void changed(); ///< another map, or none

 private:
  /// What a map belongs to: the image and the newest proposal of it.
  struct Belongs {
    VolumePtr volume;
    ProposalId proposal;
    bool operator==(const Belongs&) const = default;
  };
  using Work = std::function<Result<inference::ScalarMapOutcome>(const JobContext&)>;
  Belongs now() const;
  const Proposal* newestProposal() const;
  void start(const QString& title, viewer::ScalarKind kind, std::string subject, Work work);
  void finished(Result<inference::ScalarMapOutcome> outcome, viewer::ScalarKind kind,
                const std::string& subject, const Belongs& belongs);
  void forgetStale();

  JobRunner& m_jobs;
  Notices& m_notices;
  Session& m_session;
  const Settings& m_settings;
  const AnalysisService& m_analysis; ///< the same network as that of the proposal
  Belongs m_belongs;
  std::pair<InstanceId, bool> m_salient; ///< whose saliency was asked for last; true: of the disc below it
  viewer::ScalarOverlayPtr m_shown, m_uncertainty; ///< the latter is kept while hidden
};

} // namespace spondyl::app

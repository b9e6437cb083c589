#pragma once
// Asks for a proposal: by the networks, or from a label file. The result is one AddProposal; a refusal says
// why and what would help, a worker that died can be asked again.

#include "app/jobs/job_runner.h"
#include "app/window/session.h"
#include "app/workflow/analysis.h"

namespace spondyl::app {

struct Settings;

class AnalysisService : public QObject {
  Q_OBJECT
 public:
  AnalysisService(JobRunner& jobs, Notices& notices, Session& session, Settings& settings,
                  QObject* parent = nullptr);
  bool isRunning() const { return m_jobs.isRunning("analysis"); }
  void run();
  /// With the model packages of another folder.
  void runWith(const Path& models);
  /// Again, with the reader's word that the vertebra at this point is `level`.
  void runWithAnchor(inference::ReaderAnchor anchor);
  void stop();
  void takeLabels(const Path& path);
  /// The reader's choice for images of this kind; empty: the packages that came with the program.
  Path chosenModels() const;

 signals:
  void proposed(); ///< a proposal has been added

 private:
  void runWithOptions(const Path& models, std::optional<inference::ReaderAnchor> anchor);
  void start(AnalysisOptions options, const QString& title);
  void finished(Result<ProposedSpine> outcome, const AnalysisOptions& options);
  void tellResult();
  Input input() const;

  JobRunner& m_jobs;
  Notices& m_notices;
  Session& m_session;
  Settings& m_settings;
  int m_waiting = 0; ///< levels that wait for a decision
};

} // namespace spondyl::app

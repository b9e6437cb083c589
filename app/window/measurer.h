#pragma once
// Keeps the measurements in step with the case: computed by a job after each change, the newest wins.

#include "app/jobs/job_runner.h"
#include "app/window/session.h"

#include <QTimer>

namespace spondyl::app {

class Measurer : public QObject {
  Q_OBJECT
 public:
  Measurer(JobRunner& jobs, Session& session, QObject* parent = nullptr);
  bool isStale() const { return m_stale; }

 signals:
  void staleChanged(bool stale);

 private:
  void compute();
  void setStale(bool stale);
  JobRunner& m_jobs;
  Session& m_session;
  QTimer m_soon;
  CasePtr m_measured;
  VolumePtr m_measuredIn;
  std::size_t m_measuredAngles = 0;
  struct Memory; ///< what earlier measuring found, so that an edit recomputes only what it touched
  std::shared_ptr<Memory> m_memory;
  bool m_stale = false;
};

} // namespace spondyl::app

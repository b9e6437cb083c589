#include "app/window/measurer.h"

#include <mutex>

namespace spondyl::app {

struct Measurer::Memory {
  std::mutex mutex;
  MeasurementCache cache;
};

Measurer::Measurer(JobRunner& jobs, Session& session, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_session(session), m_memory(std::make_shared<Memory>()) {
  m_soon.setSingleShot(true);
  m_soon.setInterval(60); // a burst of edits is measured once
  connect(&m_soon, &QTimer::timeout, this, &Measurer::compute);
  connect(&session, &Session::caseChanged, this, [this] { m_soon.start(); });
  connect(&session, &Session::imageChanged, this, [this] { m_soon.start(); });
  connect(&session, &Session::anglesChanged, this, [this] { m_soon.start(); });
  connect(&session, &Session::studyChanged, this, [this] { m_memory = std::make_shared<Memory>(); });
}

void Measurer::setStale(bool stale) {
  if (m_stale == stale)
    return;
  m_stale = stale;
  emit staleChanged(stale);
}

void Measurer::compute() {
  if (!m_session.imageComplete())
    return;
  const CasePtr now = m_session.snapshot();
  const VolumePtr image = m_session.volume();
  const std::vector<AngleRequest> angles = m_session.angles();
  if (now == m_measured && image == m_measuredIn && angles.size() == m_measuredAngles)
    return setStale(false);
  if (m_session.levels()->rows.empty()) {
    m_measured = now;
    m_measuredIn = image;
    m_jobs.cancelKey("measure");
    m_session.setMeasures({});
    return setStale(false);
  }
  setStale(true);
  m_jobs.start<std::vector<Measurement>>(
      JobSpec({}, "measure", this),
      [now, image, angles, memory = m_memory,
       uid = m_session.series()->uid](const JobContext& job) -> Result<std::vector<Measurement>> {
        const std::lock_guard lock(memory->mutex);
        if (job.stopRequested())
          return fail(ErrorCode::Cancelled); // a newer one waits
        return memory->cache.measure(*now, uid, image.get(), angles);
      },
      [this, now, image, count = angles.size()](Result<std::vector<Measurement>> measured) {
        if (!measured)
          return;
        m_measured = now;
        m_measuredIn = image;
        m_measuredAngles = count;
        m_session.setMeasures(*measured);
        setStale(m_session.snapshot() != now);
      });
}

} // namespace spondyl::app

#include "app/window/measurer.h"

namespace spondyl::app {

Measurer::Measurer(JobRunner& jobs, Session& session, QObject* parent) : QObject(parent), m_jobs(jobs), m_session(session) {
  m_soon.setSingleShot(true);
  m_soon.setInterval(60); // a burst of edits is measured once
  connect(&m_soon, &QTimer::timeout, this, &Measurer::compute);
  connect(&session, &Session::caseChanged, this, [this] { m_soon.start(); });
  connect(&session, &Session::imageChanged, this, [this] { m_soon.start(); });
}

void Measurer::setStale(bool stale) {
  if (m_stale == stale) return;
  m_stale = stale;
  emit staleChanged(stale);
}

void Measurer::compute() {
  if (!m_session.imageComplete()) return;
  const CasePtr now = m_session.snapshot();
  const VolumePtr image = m_session.volume();
  if (now == m_measured && image == m_measuredIn) return setStale(false);
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
      [now, image, uid = m_session.series()->uid](const JobContext&) -> Result<std::vector<Measurement>> {
        return measure(*now, uid, image.get());
      },
      [this, now, image](Result<std::vector<Measurement>> measured) {
        if (!measured) return;
        m_measured = now;
        m_measuredIn = image;
        m_session.setMeasures(*measured);
        setStale(m_session.snapshot() != now);
      });
}

} // namespace spondyl::app

#include "app/jobs/job_runner.h"

#include <algorithm>

namespace spondyl::app {

std::optional<double> remainingSeconds(double elapsedSeconds, double fraction) {
  if (fraction < 0.05 || elapsedSeconds < 2.0 || fraction > 1.0)
    return std::nullopt;
  return elapsedSeconds * (1.0 - fraction) / fraction;
}

JobRunner::JobRunner(QObject* parent) : QObject(parent) {
  // Some jobs only wait for another process, so more than one per core.
  m_pool.setMaxThreadCount(std::max(4, QThread::idealThreadCount()));
  m_pulse.setInterval(100);
  connect(&m_pulse, &QTimer::timeout, this, &JobRunner::changed);
}

JobRunner::~JobRunner() {
  cancelAll();
  m_pool.waitForDone();
}

JobId JobRunner::launch(JobSpec spec, std::function<Delivery(const JobContext&)> work) {
  if (!spec.key.empty())
    for (auto& [id, job] : m_jobs)
      if (job.spec.key == spec.key) {
        job.dropped = true;
        job.stop.request_stop();
      }
  const JobId id{m_next++};
  Job job;
  job.spec = std::move(spec);
  job.shared = std::make_shared<Shared>();
  job.started = std::chrono::steady_clock::now();
  JobContext context;
  context.stop = job.stop.get_token();
  context.progress = Progress([shared = job.shared](const ProgressReport& report) {
    const std::lock_guard lock(shared->mutex);
    shared->report.stage = report.stage;
    shared->report.fraction = std::max(shared->report.fraction, report.fraction);
  });
  m_jobs.emplace(id, std::move(job));
  m_pool.start([this, id, context = std::move(context), work = std::move(work)] {
    Delivery deliver = work(context);
    QMetaObject::invokeMethod(
        this, [this, id, deliver = std::move(deliver)] { finish(id, deliver); }, Qt::QueuedConnection);
  });
  if (!m_pulse.isActive())
    m_pulse.start();
  emit changed();
  return id;
}

void JobRunner::finish(JobId id, const Delivery& deliver) {
  const auto at = m_jobs.find(id);
  if (at == m_jobs.end())
    return;
  const bool wanted = !at->second.dropped && (!at->second.spec.hasOwner || at->second.spec.owner);
  m_jobs.erase(at);
  if (wanted)
    deliver();
  if (m_jobs.empty())
    m_pulse.stop();
  emit changed();
  if (m_jobs.empty())
    emit idle();
}

void JobRunner::cancel(JobId id) {
  const auto at = m_jobs.find(id);
  if (at == m_jobs.end())
    return;
  at->second.stop.request_stop();
  emit changed();
}

void JobRunner::cancelKey(const std::string& key) {
  for (auto& [id, job] : m_jobs)
    if (job.spec.key == key)
      job.stop.request_stop();
}

void JobRunner::cancelAll() {
  for (auto& [id, job] : m_jobs)
    job.stop.request_stop();
}

bool JobRunner::isRunning(const std::string& key) const {
  return std::any_of(m_jobs.begin(), m_jobs.end(),
                     [&](const auto& job) { return job.second.spec.key == key && !job.second.dropped; });
}

std::vector<JobStatus> JobRunner::visibleJobs() const {
  std::vector<JobStatus> list;
  for (const auto& [id, job] : m_jobs) {
    if (job.spec.title.isEmpty() || job.dropped)
      continue;
    JobStatus status;
    status.id = id;
    status.title = job.spec.title;
    {
      const std::lock_guard lock(job.shared->mutex);
      status.stage = job.shared->report.stage;
      status.fraction = job.shared->report.fraction;
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - job.started;
    status.secondsLeft = remainingSeconds(elapsed.count(), status.fraction);
    status.stopping = job.stop.stop_requested();
    list.push_back(std::move(status));
  }
  return list;
}

} // namespace spondyl::app

#pragma once
// The Qt side of jobs. A job is a function of what it captured and a JobContext; it runs on a pool, and its
// outcome arrives on the main thread as one callback. The main thread never waits for one.

#include "core/base/id.h"
#include "core/base/progress.h"
#include "core/base/result.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <QThreadPool>
#include <QTimer>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace spondyl::app {

using JobId = Id<struct JobTag>;

struct JobSpec {
  QString title;           ///< "Segmenting"; empty: a quick job that the status bar does not show
  std::string key;         ///< a new job with the same key cancels the earlier one, whose outcome is dropped
  QPointer<QObject> owner; ///< the outcome is dropped when it has died
  bool hasOwner = false;
  JobSpec() = default;
  JobSpec(QString t, std::string k, QObject* o)
      : title(std::move(t)), key(std::move(k)), owner(o), hasOwner(o) {}
};

/// What the status bar shows of one job.
struct JobStatus {
  JobId id;
  QString title;
  std::string stage;
  double fraction = 0;
  std::optional<double> secondsLeft; ///< estimated once enough is done to tell
  bool stopping = false;
};

/// Remaining seconds by the pace so far; nullopt before 5 % or 2 s.
std::optional<double> remainingSeconds(double elapsedSeconds, double fraction);

class JobRunner : public QObject {
  Q_OBJECT
 public:
  explicit JobRunner(QObject* parent = nullptr);
  ~JobRunner() override; ///< stops all jobs and lets them end; their outcomes are dropped

  template <class T>
  JobId start(JobSpec spec, std::function<Result<T>(const JobContext&)> work,
              std::function<void(Result<T>)> done) {
    return launch(std::move(spec),
                  [work = std::move(work), done = std::move(done)](const JobContext& context) -> Delivery {
                    auto result = std::make_shared<Result<T>>(work(context));
                    return [result, done] { done(std::move(*result)); };
                  });
  }

  void cancel(JobId id);
  void cancelKey(const std::string& key);
  void cancelAll();
  bool isRunning(const std::string& key) const;
  bool isIdle() const { return m_jobs.empty(); }
  /// Jobs with a title, oldest first.
  std::vector<JobStatus> visibleJobs() const;

 signals:
  void changed(); ///< progress or list; at most ten times a second, and at each start and end
  void idle();    ///< the last job has delivered

 private:
  using Delivery = std::function<void()>;
  struct Shared {
    std::mutex mutex;
    ProgressReport report;
  };
  struct Job {
    JobSpec spec;
    std::stop_source stop;
    std::shared_ptr<Shared> shared;
    std::chrono::steady_clock::time_point started;
    bool dropped = false; ///< replaced by a newer one
  };
  JobId launch(JobSpec spec, std::function<Delivery(const JobContext&)> work);
  void finish(JobId id, const Delivery& deliver);

  QThreadPool m_pool;
  QTimer m_pulse;
  std::map<JobId, Job> m_jobs;
  std::uint32_t m_next = 1;
};

} // namespace spondyl::app

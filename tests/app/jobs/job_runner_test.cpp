#include "app/jobs/job_runner.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <optional>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QThread>

using namespace spondyl;
using namespace spondyl::app;

namespace {

QCoreApplication& application() {
  static int argc = 1;
  static char name[] = "test";
  static char* argv[] = {name, nullptr};
  static QCoreApplication made(argc, argv);
  return made;
}

/// Lets events run until `done`, at most 20 s.
template <class F>
bool until(F done) {
  QElapsedTimer clock;
  clock.start();
  while (!done()) {
    if (clock.elapsed() > 20000)
      return false;
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 20);
  }
  return true;
}

Result<int> untilStopped(const JobContext& job) {
  while (!job.stopRequested())
    QThread::msleep(1);
  return fail(ErrorCode::Cancelled);
}

} // namespace

TEST_CASE("a job runs beside the main thread and its outcome arrives on it") {
  application();
  JobRunner jobs;
  QThread* ran = nullptr;
  QThread* delivered = nullptr;
  int value = 0;
  jobs.start<int>(
      JobSpec(),
      [&ran](const JobContext&) -> Result<int> {
        ran = QThread::currentThread();
        return 42;
      },
      [&](Result<int> r) {
        delivered = QThread::currentThread();
        value = *r;
      });
  CHECK_FALSE(jobs.isIdle());
  REQUIRE(until([&] { return jobs.isIdle(); }));
  CHECK(value == 42);
  CHECK(delivered == QThread::currentThread());
  CHECK(ran != delivered);
}

TEST_CASE("a cancelled job delivers Cancelled") {
  application();
  JobRunner jobs;
  std::optional<ErrorCode> code;
  const JobId id = jobs.start<int>(JobSpec(), untilStopped, [&](Result<int> r) { code = r.error().code; });
  jobs.cancel(id);
  REQUIRE(until([&] { return jobs.isIdle(); }));
  CHECK(code == ErrorCode::Cancelled);
}

TEST_CASE("a newer job with the same key stops the earlier one, whose outcome is dropped") {
  application();
  JobRunner jobs;
  std::vector<int> delivered;
  QObject owner;
  jobs.start<int>(JobSpec({}, "measure", &owner), untilStopped, [&](Result<int>) { delivered.push_back(1); });
  jobs.start<int>(
      JobSpec({}, "measure", &owner), [](const JobContext&) -> Result<int> { return 2; },
      [&](Result<int> r) { delivered.push_back(*r); });
  REQUIRE(until([&] { return jobs.isIdle(); }));
  CHECK(delivered == std::vector<int>{2});
}

TEST_CASE("the outcome of a job whose owner has died is dropped") {
  application();
  JobRunner jobs;
  bool delivered = false;
  auto owner = std::make_unique<QObject>();
  jobs.start<int>(JobSpec({}, {}, owner.get()), untilStopped, [&](Result<int>) { delivered = true; });
  owner.reset();
  jobs.cancelAll();
  REQUIRE(until([&] { return jobs.isIdle(); }));
  CHECK_FALSE(delivered);
}

TEST_CASE("progress is shown by title and stage and never falls") {
  application();
  JobRunner jobs;
  std::atomic<int> phase = 0;
  jobs.start<int>(
      JobSpec(QStringLiteral("Segmenting"), {}, &jobs),
      [&phase](const JobContext& job) -> Result<int> {
        job.progress.report("segment", 0.6);
        job.progress.report("label", 0.4);
        phase = 1;
        while (phase != 2)
          QThread::msleep(1);
        return 0;
      },
      [](Result<int>) {});
  REQUIRE(until([&] { return phase == 1; }));
  const std::vector<JobStatus> visible = jobs.visibleJobs();
  REQUIRE(visible.size() == 1);
  CHECK(visible[0].title == QStringLiteral("Segmenting"));
  CHECK(visible[0].stage == "label");
  CHECK(visible[0].fraction == Approx(0.6));
  phase = 2;
  REQUIRE(until([&] { return jobs.isIdle(); }));
}

TEST_CASE("quick jobs without a title are not shown") {
  application();
  JobRunner jobs;
  jobs.start<int>(JobSpec(), untilStopped, [](Result<int>) {});
  CHECK(jobs.visibleJobs().empty());
  jobs.cancelAll();
  REQUIRE(until([&] { return jobs.isIdle(); }));
}

TEST_CASE("the remaining time follows the pace so far and is not guessed too early") {
  CHECK_FALSE(remainingSeconds(1.0, 0.5));
  CHECK_FALSE(remainingSeconds(10.0, 0.01));
  CHECK(remainingSeconds(10.0, 0.25).value() == Approx(30.0));
  CHECK(remainingSeconds(10.0, 1.0).value() == Approx(0.0));
}

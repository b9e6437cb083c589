#include "core/store/journal.h"
#include "tests/core/store/memory_vfs.h"
#include "tests/core/store/recorded_steps.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace spondyl;
using test::MemoryDevice;
using test::RecordedSteps;

namespace {

struct Outcome {
  bool opened = false;
  std::size_t acknowledged = 0, restored = 0;
  std::int64_t operations = 0; ///< changes of the disk in the session
  bool known = false;          ///< the restored state is one that the reader had
};

/// Writes the session until the power goes after `operations` changes of the disk, and starts again.
Outcome cutOnce(const RecordedSteps& session, std::int64_t operations, unsigned seed, bool lies) {
  MemoryDevice device;
  device.lies = lies;
  JournalOptions options;
  options.vfs = device.name();
  options.stepsPerSnapshot = 7;
  options.snapshotIdleMs = 0;
  std::atomic<std::size_t> acknowledged{0};
  options.onDurable = [&](Revision revision) { acknowledged = revision; };
  Outcome out;
  {
    auto journal = Journal::create("case.journal", session.start, options);
    if (!journal.ok())
      return out;
    device.cutAfter(operations);
    const std::int64_t before = device.operations();
    for (const Step& step : session.steps) {
      (*journal)->append(step);
      if (device.isCut())
        break;
      if (seed % 3 == 0)
        (void)(*journal)->flush().ok(); // one gesture after the other, or many at once
    }
    (void)(*journal)->flush().ok();
    out.operations = device.operations() - before;
  }
  out.acknowledged = acknowledged;
  device.powerOn(seed);
  auto opened = Journal::open("case.journal", options);
  if (!opened.ok())
    return out;
  out.opened = true;
  out.restored = opened->replay.steps.size();
  out.known =
      out.restored < session.hashes.size() && contentHash(*opened->state) == session.hashes[out.restored];
  return out;
}

} // namespace

TEST_CASE("no acknowledged step is lost in 200 power cuts that drop and tear what was not synced") {
  const RecordedSteps session = test::recordSteps(3, 24);
  std::mt19937 random(5);
  std::size_t cutWithin = 0;
  const std::int64_t together =
      cutOnce(session, INT64_MAX, 1, false).operations; // many steps in one transaction
  const std::int64_t oneByOne = cutOnce(session, INT64_MAX, 0, false).operations;
  for (unsigned n = 0; n < 200; ++n) {
    const std::int64_t range = n % 3 == 0 ? oneByOne : together;
    const Outcome outcome =
        cutOnce(session, std::uniform_int_distribution<std::int64_t>(0, range)(random), n, false);
    CAPTURE(n, outcome.acknowledged, outcome.restored);
    REQUIRE(outcome.opened);
    REQUIRE(outcome.restored >= outcome.acknowledged);
    REQUIRE(outcome.known);
    cutWithin += outcome.acknowledged < session.steps.size();
  }
  CHECK(cutWithin > 100); // the cuts fell into the session
}

TEST_CASE("the test of power cuts finds a disk that only says that it syncs") {
  const RecordedSteps session = test::recordSteps(3, 24);
  std::size_t lost = 0;
  for (unsigned n = 0; n < 30; ++n) {
    const Outcome outcome = cutOnce(session, 200 + n * 10, n, true);
    lost += !outcome.opened || !outcome.known || outcome.restored < outcome.acknowledged;
  }
  CHECK(lost > 0);
}

TEST_CASE("a full disk is said as DiskFull, and nothing is lost once there is room again") {
  const RecordedSteps session = test::recordSteps(4, 30);
  MemoryDevice device;
  JournalOptions options;
  options.vfs = device.name();
  std::atomic<int> errors{0};
  options.onError = [&](const Error& error) { errors += error.code == ErrorCode::DiskFull; };
  {
    auto journal = Journal::create("case.journal", session.start, options);
    REQUIRE(journal.ok());
    for (std::size_t n = 0; n < 5; ++n)
      (*journal)->append(session.steps[n]);
    REQUIRE((*journal)->flush().ok());
    device.capacity = 0;
    for (std::size_t n = 5; n < session.steps.size(); ++n)
      (*journal)->append(session.steps[n]);
    const Status full = (*journal)->flush();
    REQUIRE(!full.ok());
    CHECK(full.error().code == ErrorCode::DiskFull);
    CHECK((*journal)->durableRevision() == 5);
    CHECK(errors > 0);
    device.capacity = INT64_MAX;
    REQUIRE((*journal)->flush().ok());
    CHECK((*journal)->durableRevision() == session.steps.back().revision);
  }
  auto opened = Journal::open("case.journal", options);
  REQUIRE(opened.ok());
  CHECK(contentHash(*opened->state) == session.hashes.back());
  CHECK(opened->replay.steps.size() == session.steps.size());
}

TEST_CASE("a step is durable soon after its gesture without anyone asking for it") {
  const RecordedSteps session = test::recordSteps(6, 10);
  MemoryDevice device;
  JournalOptions options;
  options.vfs = device.name();
  auto journal = Journal::create("case.journal", session.start, options);
  REQUIRE(journal.ok());
  for (const Step& step : session.steps) {
    (*journal)->append(step);
    for (int ms = 0; ms < 2000 && (*journal)->durableRevision() < step.revision; ++ms)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    REQUIRE((*journal)->durableRevision() == step.revision);
  }
}

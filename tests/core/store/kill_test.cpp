#include "core/store/journal.h"
#include "tests/core/store/recorded_steps.h"
#include "tests/support/scratch_folder.h"

#include <catch2/catch.hpp>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace spondyl;

TEST_CASE("a process killed at 50 moments leaves a journal with every step that it had acknowledged") {
  const test::RecordedSteps session = test::recordSteps(21, 40);
  std::mt19937 random(2);
  std::size_t within = 0;
  for (int n = 0; n < 50; ++n) {
    const test::ScratchFolder folder;
    const Path file = folder / "case.journal";
    int pipeEnds[2];
    REQUIRE(pipe(pipeEnds) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(pipeEnds[0]);
      JournalOptions options;
      options.stepsPerSnapshot = 9;
      options.snapshotIdleMs = 0;
      options.onDurable = [&](Revision revision) {
        const auto byte = static_cast<unsigned char>(revision);
        if (write(pipeEnds[1], &byte, 1) != 1)
          _exit(3);
      };
      auto journal = Journal::create(file, session.start, options);
      if (!journal.ok())
        _exit(2);
      const unsigned char ready = 0;
      if (write(pipeEnds[1], &ready, 1) != 1)
        _exit(3);
      for (const Step& step : session.steps) {
        (*journal)->append(step);
        if (n % 2 && !(*journal)->flush().ok())
          _exit(4);
      }
      (void)(*journal)->flush().ok();
      for (;;)
        pause();
    }
    close(pipeEnds[1]);
    // Killed a little after a chosen acknowledgement has arrived.
    unsigned char last = 0, byte = 0;
    const int wanted = std::uniform_int_distribution<int>(0, n % 2 ? 40 : 4)(random);
    for (int got = 0;
         got <= wanted && last < session.steps.back().revision && read(pipeEnds[0], &byte, 1) == 1; ++got)
      last = byte;
    usleep(useconds_t(std::uniform_int_distribution<int>(0, 2000)(random)));
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    while (read(pipeEnds[0], &byte, 1) == 1)
      last = byte; // acknowledged before the end
    close(pipeEnds[0]);

    auto opened = Journal::open(file);
    CAPTURE(n, int(last));
    REQUIRE(opened.ok());
    CHECK(opened->replay.damage.empty());
    CHECK(!opened->replay.closedCleanly);
    REQUIRE(opened->replay.steps.size() >= last);
    REQUIRE(contentHash(*opened->state) == session.hashes[opened->replay.steps.size()]);
    within += opened->replay.steps.size() < session.steps.size();
  }
  CHECK(within > 15);
}

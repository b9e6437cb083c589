// spondyl-cli: without a window what the window does. The contract (names, exit codes, files) is docs/CLI.md.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/cli/suggest.h"
#include "app/wording/error_text.h"
#include "core/base/parallel.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
#include <unistd.h>

namespace spondyl::app {
namespace {

/// Ctrl-C and SIGTERM ask the work to stop; a second one ends the program at once.
void watchSignals(Session& session) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr); // inherited by every thread that follows
  std::thread([set, &session] {
    for (int count = 0;; ++count) {
      int signal = 0;
      sigwait(&set, &signal);
      if (count > 0)
        _exit(130);
      session.requestStop();
    }
  }).detach();
}

int parseAndRun(int argc, char** argv, Session& session) {
  CLI::App app{"Spondyl reads, labels, measures and reports images of the spine. Not for diagnostic use.",
               "spondyl-cli"};
  app.set_version_flag("--version", std::string("spondyl-cli ") + SPONDYL_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 2 wrong words, 3 input refused, 4 done in part, 5 a resource ended, 6 "
             "result exists,\n"
             "70 a defect, 130 stopped. spondyl-cli COMMAND --help shows each command with an example.");
  addInfo(app, session);
  addConvert(app, session);
  addSnapshot(app, session);
  addPhantom(app, session);
  addAnalyze(app, session);
  addMeasure(app, session);
  addReport(app, session);
  addExport(app, session);
  addValidate(app, session);
  addModels(app, session);
  addDevices(app, session);
  addLater(app);
  try {
    app.parse(argc, argv);
  } catch (const NotYetOption& option) {
    return session.refuse(fail(ErrorCode::NotYet, {option.name}));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0)
      return app.exit(error); // --help, --version
    return session.refuse(fail(ErrorCode::Usage, {error.what(), suggestion(app, argc, argv)}));
  }
  setThreadCount(session.common.threads);
  const int code = session.run ? session.run(session) : 2;
  session.endProgress();
  return session.stopped() ? 130 : code;
}

} // namespace
} // namespace spondyl::app

int main(int argc, char** argv) {
  // Static: the signal thread may still look at it while the program ends.
  static spondyl::app::Session session;
  spondyl::app::watchSignals(session);
  try {
    return spondyl::app::parseAndRun(argc, argv, session);
  } catch (const std::bad_alloc&) {
    return session.refuse(spondyl::fail(spondyl::ErrorCode::OutOfMemory, {"more", "?"}, "main"));
  } catch (const std::exception& defect) {
    return session.refuse(spondyl::fail(spondyl::ErrorCode::Internal, {defect.what()}, "main"));
  }
}

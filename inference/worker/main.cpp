// spondyl-inference: runs networks for the window and the command line, one process a user. Started by the
// client library; not meant to be called by people.

#include "core/base/process.h"
#include "inference/engine/allocator.h"
#include "inference/engine/device.h"
#include "inference/protocol/rendezvous.h"
#include "inference/worker/server.h"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

volatile std::sig_atomic_t g_ended = 0;
void endSoon(int) {
  g_ended = 1;
}

struct Options {
  spondyl::Path runtime;
  int idleSeconds = 120, stepSeconds = 180;
};

std::optional<Options> optionsFrom(int argc, char** argv) {
  Options options;
  for (int n = 1; n + 1 < argc; n += 2) {
    const std::string_view name = argv[n], value = argv[n + 1];
    if (name == "--runtime") {
      options.runtime = value;
      continue;
    }
    if (name != "--idle" && name != "--step")
      return std::nullopt;
    int& number = name == "--idle" ? options.idleSeconds : options.stepSeconds;
    if (std::from_chars(value.data(), value.data() + value.size(), number).ec != std::errc())
      return std::nullopt;
  }
  if (argc % 2 == 0 || options.runtime.empty() || options.idleSeconds < 0 || options.stepSeconds < 1)
    return std::nullopt;
  return options;
}

constexpr int exitUsage = 2, exitFailed = 1;

/// One line a device: name, MiB, description and why it is unusable, between tabs.
int printDevices() {
  spondyl::lockDownThisProcess(); // under the same restrictions as when it computes
  for (const spondyl::inference::DeviceInfo& one : spondyl::inference::listDevices())
    std::printf("%s\t%.0f\t%s\t%s\n", one.device.name().c_str(), one.memoryMiB, one.description.c_str(),
                one.unusable.c_str());
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  using namespace spondyl;
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::printf("spondyl-inference %s\n", SPONDYL_VERSION);
    return 0;
  }
  if (argc == 2 && std::strcmp(argv[1], "--devices") == 0)
    return printDevices();
  const auto options = optionsFrom(argc, argv);
  if (!options) {
    std::fprintf(
        stderr,
        "spondyl-inference is started by Spondyl: --runtime FOLDER [--idle SECONDS] [--step SECONDS]\n");
    return exitUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGTERM, endSoon);
  std::signal(SIGINT, endSoon);
  if (!lockDownThisProcess())
    std::fprintf(stderr, "not every restriction could be set; going on\n");

  const std::string build = inference::buildOf(executablePath());
  if (auto folder = makePrivateFolder(options->runtime); !folder) {
    std::fprintf(stderr, "the runtime folder cannot be used\n");
    return exitFailed;
  }
  auto listener = LocalListener::create(options->runtime, inference::socketName(build));
  if (!listener && listener.error().code == ErrorCode::ResultExists)
    return 0; // another one was quicker
  if (!listener) {
    std::fprintf(stderr, "the socket cannot be made: %s\n", errorCodeName(listener.error().code));
    return exitFailed;
  }
  inference::installCachingAllocator();
  inference::setComputeThreads(0);
  inference::Server server(
      std::move(*listener), build,
      {std::chrono::seconds(options->idleSeconds), std::chrono::seconds(options->stepSeconds)});
  if (!server.run([] { return g_ended != 0; })) {
    std::fprintf(stderr, "a network computes without end; ending with it\n");
    std::_Exit(exitFailed);
  }
  return 0;
}

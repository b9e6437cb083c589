#include "inference/client/connection.h"

#include "inference/protocol/awake_time.h"
#include "inference/protocol/rendezvous.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

namespace spondyl::inference {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
constexpr auto startLimit = 60s;
constexpr std::chrono::seconds greetingLimit = 20s;

Path defaultLog() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return Path(state) / "spondyl" / "inference.log";
  const char* home = std::getenv("HOME");
  return home && *home ? Path(home) / ".local" / "state" / "spondyl" / "inference.log" : Path();
}

} // namespace

Result<ClientOptions> completed(ClientOptions options) {
  if (options.worker.empty()) {
    const std::array<Path, 2> places{"spondyl-inference", "../bin/spondyl-inference"};
    options.worker = findBesideExecutable(places);
    if (options.worker.empty())
      return fail(ErrorCode::WorkerNotStarted,
                  {"the program spondyl-inference is not installed beside this one"}, "WorkerClient");
  }
  if (options.runtimeFolder.empty()) {
    SPONDYL_TRY(options.runtimeFolder, runtimeFolder());
  } else {
    SPONDYL_CHECK(makePrivateFolder(options.runtimeFolder));
  }
  if (options.log.empty())
    options.log = defaultLog();
  return options;
}

Result<Channel> Workers::greet(LocalSocket socket, const std::string& build, int started) {
  Channel channel(std::move(socket));
  SPONDYL_CHECK(channel.send(Hello{build, 0}));
  const std::chrono::seconds limit = std::min(greetingLimit, std::chrono::seconds(m_options.silenceSeconds));
  AwakeTime awake;
  for (Clock::duration waited{0}; waited < limit; waited += awake.tick()) {
    const std::array waits{channel.descriptor()};
    waitReadable(waits, 100ms);
    SPONDYL_CHECK(channel.receive());
    auto incoming = channel.next();
    if (!incoming)
      continue;
    if (const auto* refused = std::get_if<Refused>(&incoming->message))
      return fail(ErrorCode::WorkerRefused, {refused->reason}, "Workers::greet");
    const auto* hello = std::get_if<Hello>(&incoming->message);
    if (!hello)
      return fail(ErrorCode::ProtocolViolation, {"greeting"}, "Workers::greet");
    if (hello->build != build)
      return fail(ErrorCode::WorkerRefused, {"a worker of another build"}, "Workers::greet");
    m_lastWorker = channel.socket().peerProcessId();
    return channel;
  }
  // Its door never computes: who does not greet is stopped for good, and would be in everybody's way.
  if (channel.socket().peerProcessId() != started)
    channel.socket().killPeer();
  return fail(ErrorCode::WorkerDied, {"start"}, "Workers::greet");
}

Result<Channel> Workers::connectToRunning() {
  SPONDYL_TRY(const ClientOptions options, completed(m_options));
  const std::string build = buildOf(options.worker);
  SPONDYL_TRY(LocalSocket socket, LocalSocket::connect(options.runtimeFolder, socketName(build)));
  return greet(std::move(socket), build);
}

Result<Channel> Workers::connect(const std::stop_token& stop) {
  SPONDYL_TRY(const ClientOptions options, completed(m_options));
  const std::string build = buildOf(options.worker);
  const std::vector<std::string> arguments{"--runtime", options.runtimeFolder.string(),
                                           "--idle",    std::to_string(options.idleSeconds),
                                           "--step",    std::to_string(options.stepSeconds)};
  std::optional<ChildProcess> child;
  int starts = 0;
  const auto limit = Clock::now() + startLimit;
  while (Clock::now() < limit) {
    if (stop.stop_requested())
      return fail(ErrorCode::Cancelled, {}, "Workers::connect");
    auto socket = LocalSocket::connect(options.runtimeFolder, socketName(build));
    if (!socket && socket.error().code == ErrorCode::WorkerRefused)
      return socket.error();
    if (socket) {
      auto channel = greet(std::move(*socket), build, child ? child->id() : 0);
      // A worker that was just ending itself closes without a word: another one is started.
      if (channel || channel.error().code != ErrorCode::WorkerDied) {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_children, [](ChildProcess& old) { return !old.isRunning(); });
        if (child)
          m_children.push_back(*child);
        return channel;
      }
    }
    if (!child || !child->isRunning()) {
      // Ended with 0: another client's worker was quicker; it will answer.
      if (child && child->ending() != 0)
        return fail(ErrorCode::WorkerNotStarted,
                    {"it ended with " + std::to_string(child->ending().value_or(-1))}, "Workers::connect");
      if (++starts > 5)
        break;
      auto started = ChildProcess::start(options.worker, arguments, options.log, {"OMP_WAIT_POLICY=passive"});
      if (!started)
        return fail(ErrorCode::WorkerNotStarted,
                    {started.error().arguments.empty() ? "" : started.error().arguments.front()},
                    "Workers::connect");
      child = *started;
    }
    std::this_thread::sleep_for(20ms);
  }
  return fail(ErrorCode::WorkerNotStarted, {"no answer"}, "Workers::connect");
}

} // namespace spondyl::inference

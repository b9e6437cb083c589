#pragma once
// The worker's door: greets clients, hands their jobs to the runner and the answers back. One thread, never
// computes.

#include "inference/protocol/awake_time.h"
#include "inference/worker/job_runner.h"

#include <map>

namespace spondyl::inference {

struct ServerLimits {
  std::chrono::seconds idle{120}; ///< without work: the end
  std::chrono::seconds step{180}; ///< one step of a job may take so long; no step takes a minute
};

class Server {
 public:
  Server(LocalListener listener, std::string build, ServerLimits limits);
  /// Until there was no work for the idle time, a shutdown was asked for, or `ended` says so. False: a
  /// network computes without end. Its client was told and the socket is gone, but the thread that computes
  /// cannot be ended: end the process at once, without destructors.
  bool run(const std::function<bool()>& ended);

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    Channel channel;
    bool greeted = false;
    Clock::time_point since = Clock::now();
  };
  void acceptAll();
  /// False: close the connection.
  bool serve(ConnectionId id, Connection& connection);
  bool handle(ConnectionId id, Connection& connection, Incoming incoming);
  void deliver();
  void beat();
  /// False: the running job is stuck.
  bool watch();
  void close(ConnectionId id);

  std::optional<LocalListener> m_listener;
  std::string m_build;
  ServerLimits m_limits;
  WakeUp m_wake;
  std::map<ConnectionId, Connection> m_connections;
  ConnectionId m_next = 1;
  bool m_shutdown = false;
  Clock::time_point m_lastBeat = Clock::now();
  AwakeTime m_awake;
  std::uint64_t m_stepSeen = 0;
  Clock::duration m_sinceStep{0};
  JobRunner m_runner;
};

} // namespace spondyl::inference

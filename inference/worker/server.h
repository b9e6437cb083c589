#pragma once
// The worker's door: greets clients, hands their jobs to the runner and the answers back. One thread, never
// computes.

#include "inference/worker/job_runner.h"

#include <map>

namespace spondyl::inference {

class Server {
 public:
  Server(LocalListener listener, std::string build, std::chrono::seconds idle);
  /// Until there was no work for the idle time, a shutdown was asked for, or `ended` says so.
  void run(const std::function<bool()>& ended);

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
  void close(ConnectionId id);

  LocalListener m_listener;
  std::string m_build;
  std::chrono::seconds m_idle;
  WakeUp m_wake;
  std::map<ConnectionId, Connection> m_connections;
  ConnectionId m_next = 1;
  bool m_shutdown = false;
  Clock::time_point m_lastBeat = Clock::now();
  JobRunner m_runner;
};

} // namespace spondyl::inference

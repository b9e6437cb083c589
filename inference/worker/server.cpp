#include "inference/worker/server.h"

#include <algorithm>

namespace spondyl::inference {
namespace {
using namespace std::chrono_literals;
constexpr auto beatInterval = 2s;
constexpr auto greetingPatience = 10s; ///< for a connection that says nothing
constexpr auto waitInterval = 500ms;
constexpr std::size_t mostConnections = 32;
constexpr std::chrono::seconds cancelPatience = 15s; ///< for a step of a job that nobody wants any more
} // namespace

Server::Server(LocalListener listener, std::string build, ServerLimits limits)
    : m_listener(std::move(listener)), m_build(std::move(build)), m_limits(limits), m_runner(m_wake) {}

bool Server::run(const std::function<bool()>& ended) {
  auto lastWork = Clock::now();
  while (!ended()) {
    std::vector<int> waits{m_listener->descriptor(), m_wake.descriptor()};
    std::vector<ConnectionId> ids;
    for (const auto& [id, connection] : m_connections) {
      waits.push_back(connection.channel.descriptor());
      ids.push_back(id);
    }
    const std::vector<bool> ready = waitReadable(waits, waitInterval);
    if (ready[1])
      m_wake.clear();
    for (std::size_t n = 0; n < ids.size(); ++n) {
      Connection& connection = m_connections.at(ids[n]);
      const bool tooSilent = !connection.greeted && Clock::now() - connection.since > greetingPatience;
      if (tooSilent || (ready[n + 2] && !serve(ids[n], connection)))
        close(ids[n]);
    }
    if (ready[0])
      acceptAll();
    deliver();
    beat();
    if (!watch()) {
      m_listener.reset();
      return false;
    }
    if (!m_runner.isIdle())
      lastWork = Clock::now();
    else if (m_shutdown)
      return true;
    if (Clock::now() - lastWork > m_limits.idle)
      return true;
  }
  return true;
}

bool Server::watch() {
  m_sinceStep += m_awake.tick();
  const auto running = m_runner.running();
  if (!running || running->steps != m_stepSeen) {
    m_sinceStep = Clock::duration::zero();
    m_stepSeen = running ? running->steps : 0;
    return true;
  }
  if (m_sinceStep < (running->cancelled ? std::min(cancelPatience, m_limits.step) : m_limits.step))
    return true;
  const auto connection = m_connections.find(running->from);
  if (connection != m_connections.end() && !running->cancelled) {
    const std::string what =
        "one step of it took longer than " + std::to_string(m_limits.step.count()) + " s";
    // If the client is gone too, nobody needs to know.
    static_cast<void>(connection->second.channel.send(
        JobFailed{running->job, fail(ErrorCode::ModelDamaged, {running->model, what}, "worker")}));
  }
  return false;
}

void Server::acceptAll() {
  while (auto socket = m_listener->accept())
    if (m_connections.size() < mostConnections)
      m_connections.emplace(m_next++, Connection{Channel(std::move(*socket))});
}

bool Server::serve(ConnectionId id, Connection& connection) {
  if (auto received = connection.channel.receive(); !received) {
    // Whoever sends garbage is told why; whoever is gone is not.
    if (received.error().code == ErrorCode::ProtocolViolation)
      static_cast<void>(connection.channel.send(
          Refused{received.error().arguments.empty() ? "protocol" : received.error().arguments.front()}));
    return false;
  }
  while (auto incoming = connection.channel.next())
    if (!handle(id, connection, std::move(*incoming)))
      return false;
  return true;
}

bool Server::handle(ConnectionId id, Connection& connection, Incoming incoming) {
  const auto refuse = [&](std::string reason) {
    static_cast<void>(connection.channel.send(Refused{std::move(reason)})); // closed in any case
    return false;
  };
  if (!connection.greeted) {
    const auto* hello = std::get_if<Hello>(&incoming.message);
    if (!hello)
      return refuse("greeting expected");
    if (hello->build != m_build)
      return refuse("another build");
    connection.greeted = true;
    return connection.channel.send(Hello{m_build, 0}).ok();
  }
  if (auto* segment = std::get_if<SegmentCommand>(&incoming.message)) {
    m_runner.add(id, std::move(*segment), std::move(*incoming.voxels));
  } else if (auto* map = std::get_if<MapCommand>(&incoming.message)) {
    m_runner.add(id, std::move(*map), std::move(*incoming.voxels));
  } else if (auto* rename = std::get_if<RenameCommand>(&incoming.message)) {
    m_runner.add(id, std::move(*rename));
  } else if (const auto* cancel = std::get_if<CancelCommand>(&incoming.message)) {
    m_runner.cancel(id, cancel->job);
  } else if (std::holds_alternative<ShutdownCommand>(incoming.message)) {
    m_shutdown = true; // once there is no work; the client sees the end by the closed connection
  } else {
    return refuse("unexpected message");
  }
  return true;
}

void Server::deliver() {
  for (Outgoing& out : m_runner.takeOutgoing()) {
    const auto connection = m_connections.find(out.to);
    if (connection == m_connections.end())
      continue; // it is gone; so is its result
    if (!connection->second.channel.send(out.message, out.voxels ? &*out.voxels : nullptr))
      close(out.to);
  }
}

void Server::beat() {
  if (Clock::now() - m_lastBeat < beatInterval)
    return;
  m_lastBeat = Clock::now();
  for (const ConnectionId id : m_runner.waiting())
    if (const auto connection = m_connections.find(id); connection != m_connections.end())
      if (!connection->second.channel.send(Heartbeat{}))
        close(id);
}

void Server::close(ConnectionId id) {
  m_connections.erase(id);
  m_runner.cancel(id, std::nullopt);
}

} // namespace spondyl::inference

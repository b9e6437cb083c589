#pragma once
// The worker's one computing thread: jobs wait in line, one runs at a time, weights stay loaded between them.

#include "core/base/progress.h"
#include "inference/engine/loaded_network.h"
#include "inference/engine/session.h"
#include "inference/protocol/channel.h"
#include "inference/protocol/model_package.h"
#include "inference/worker/landmark_step.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace spondyl::inference {

using ConnectionId = std::uint64_t;

/// What goes out to a client.
struct Outgoing {
  ConnectionId to = 0;
  Message message;
  std::optional<Descriptor> voxels;
};

class JobRunner {
 public:
  /// `wake` is signalled when something waits to go out.
  explicit JobRunner(WakeUp& wake);
  ~JobRunner();

  void add(ConnectionId from, SegmentCommand command, Descriptor voxels);
  void add(ConnectionId from, RenameCommand command);
  void add(ConnectionId from, MapCommand command, Descriptor voxels);
  /// Ends one job, or all of a connection: waiting ones at once, the running one within a window's time.
  void cancel(ConnectionId from, std::optional<JobId> job);
  std::vector<Outgoing> takeOutgoing();
  bool isIdle();
  /// Connections that wait for an answer.
  std::vector<ConnectionId> waiting();

  /// The running job, for whoever watches over it: `steps` grows with every step that it has done.
  struct Running {
    ConnectionId from = 0;
    JobId job = 0;
    std::string model; ///< name of the network; empty before one is there
    std::uint64_t steps = 0;
    bool cancelled = false;
  };
  std::optional<Running> running();

 private:
  struct Job {
    ConnectionId from = 0;
    std::variant<SegmentCommand, RenameCommand, MapCommand> command;
    std::optional<Descriptor> voxels;
    std::stop_source stop;
    JobId id() const;
  };
  void loop(const std::stop_token& end);
  void run(Job& job);
  void segment(Job& job, SegmentCommand& command);
  void map(Job& job, MapCommand& command);
  JobContext contextOf(const Job& job);
  void deliver(const Job& job, Result<Outgoing> answer);
  /// The package's network, ready for a new job on the device that is wished for.
  Result<LoadedNetwork*> session(const ModelPackage& package, const std::string& device);
  void send(Outgoing out);

  WakeUp& m_wake;
  std::mutex m_mutex;
  std::condition_variable_any m_changed;
  std::deque<Job> m_jobs; ///< the first one may be running
  bool m_running = false;
  std::uint64_t m_steps = 0; ///< of all jobs
  std::string m_model;       ///< of the running job
  std::vector<Outgoing> m_out;
  std::unique_ptr<LoadedNetwork> m_network;     ///< of the last job
  std::pair<NetworkSpec, std::string> m_loaded; ///< what it was made for: network and wish for a device
  LandmarkStep m_landmarks;
  std::jthread m_thread; ///< last: it uses all the others
};

} // namespace spondyl::inference

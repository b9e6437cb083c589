#pragma once
// Inside inference/client only: a connection to a worker of our build, starting one where none listens.

#include "core/base/process.h"
#include "core/base/progress.h"
#include "inference/client/client.h"
#include "inference/protocol/channel.h"

#include <atomic>
#include <mutex>

namespace spondyl::inference {

/// The options with every empty field filled in. Errors: WorkerNotStarted (no worker program),
/// FileNotWritable.
Result<ClientOptions> completed(ClientOptions options);

/// Workers that this client started; keeps the process table clean.
class Workers {
 public:
  explicit Workers(ClientOptions options) : m_options(std::move(options)) {}
  /// Connected and greeted. Errors: Cancelled, WorkerNotStarted, WorkerRefused.
  Result<Channel> connect(const std::stop_token& stop);
  /// The same without starting any. Errors: FileNotFound, WorkerRefused.
  Result<Channel> connectToRunning();
  const ClientOptions& options() const { return m_options; }
  int lastWorker() const { return m_lastWorker; }

 private:
  /// `started`: process id of a worker that this call has started and that is given time; 0: none.
  Result<Channel> greet(LocalSocket socket, const std::string& build, int started = 0);
  ClientOptions m_options;
  std::mutex m_mutex;
  std::vector<ChildProcess> m_children;
  std::atomic<int> m_lastWorker{0};
};

} // namespace spondyl::inference

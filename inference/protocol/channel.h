#pragma once
// Messages over a local socket: four bytes of length (little endian), then the JSON text; voxels beside it.

#include "core/base/local_socket.h"
#include "inference/protocol/message.h"

#include <deque>

namespace spondyl::inference {

struct Incoming {
  Message message;
  std::optional<Descriptor> voxels;
};

class Channel {
 public:
  explicit Channel(LocalSocket socket) : m_socket(std::move(socket)) {}
  int descriptor() const { return m_socket.descriptor(); }
  LocalSocket& socket() { return m_socket; }

  /// Errors: WorkerDied when the other end is gone or takes nothing.
  Status send(const Message& message, const Descriptor* voxels = nullptr);
  /// Takes in what has arrived, without waiting. Errors: WorkerDied when the other end is gone,
  /// ProtocolViolation.
  Status receive();
  /// The next whole message, if there is one.
  std::optional<Incoming> next();

 private:
  Status takeApart();
  LocalSocket m_socket;
  std::string m_bytes;
  std::deque<Descriptor> m_descriptors;
  std::deque<Incoming> m_messages;
};

} // namespace spondyl::inference

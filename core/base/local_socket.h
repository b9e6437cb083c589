#pragma once
// Stream sockets between processes of one user, with descriptors passed along. Every call says at once or
// within its time limit how it went; none throws.

#include "core/base/file.h"

#include <chrono>
#include <optional>

namespace spondyl {

/// Owns a file descriptor; closed on exec.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : m_value(value) {}
  Descriptor(Descriptor&& other) noexcept : m_value(std::exchange(other.m_value, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int value() const { return m_value; }
  explicit operator bool() const { return m_value >= 0; }

 private:
  int m_value = -1;
};

class LocalSocket {
 public:
  LocalSocket() = default;
  explicit LocalSocket(Descriptor descriptor) : m_descriptor(std::move(descriptor)) {}
  /// Errors: FileNotFound (nobody listens there), WorkerRefused (the other end is another user's).
  static Result<LocalSocket> connect(const Path& folder, const std::string& name);
  /// Two ends joined.
  static Result<std::pair<LocalSocket, LocalSocket>> pair();

  bool isOpen() const { return bool(m_descriptor); }
  int descriptor() const { return m_descriptor.value(); }
  void close() { m_descriptor = Descriptor(); }
  /// All of `bytes`, with `passed` (if any) on the first of them. Errors: WorkerDied when the other end is
  /// gone or takes nothing for `limit`.
  Status send(std::span<const std::byte> bytes, const Descriptor* passed, std::chrono::milliseconds limit);
  /// What is there, without waiting: 0 bytes with `ended` false means nothing yet.
  struct Received {
    std::size_t bytes = 0;
    bool ended = false;
  };
  Received receive(std::span<std::byte> into, std::vector<Descriptor>& passed);
  int peerProcessId() const; ///< 0 if unknown
  void killPeer();           ///< ends the process at the other end, if the connection still stands

 private:
  Descriptor m_descriptor;
};

/// A listening socket, mode 0600; removed from the folder when closed. One listener a name: creating a second
/// while the first lives is refused, what a dead one left is replaced.
class LocalListener {
 public:
  LocalListener() = default;
  LocalListener(LocalListener&&) noexcept = default;
  LocalListener& operator=(LocalListener&&) = delete;
  ~LocalListener();
  /// Errors: ResultExists (someone listens there), FileNotWritable.
  static Result<LocalListener> create(const Path& folder, const std::string& name);
  int descriptor() const { return m_descriptor.value(); }
  /// The next waiting connection of this user, if any.
  std::optional<LocalSocket> accept();

 private:
  Descriptor m_folder, m_descriptor;
  std::string m_name;
};

/// Wakes a waiting thread from another one.
class WakeUp {
 public:
  WakeUp();
  int descriptor() const { return m_read.value(); }
  void signal();
  void clear();

 private:
  Descriptor m_read, m_write;
};

/// Waits until one of the descriptors can be read (or has ended) or `limit` has passed; tells which.
std::vector<bool> waitReadable(std::span<const int> descriptors, std::chrono::milliseconds limit);

} // namespace spondyl

#include "core/base/local_socket.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace spondyl {
namespace {

// A socket's address holds 107 characters; going through the folder's descriptor makes any folder fit.
sockaddr_un addressIn(const Descriptor& folder, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(folder.value()) + "/" + name;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

Descriptor openFolder(const Path& folder) {
  return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool isOwnUser(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

Descriptor newSocket() {
  return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

bool connectTo(const Descriptor& socket, const Descriptor& folder, const std::string& name) {
  const sockaddr_un address = addressIn(folder, name);
  return ::connect(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (m_value >= 0)
      ::close(m_value);
    m_value = std::exchange(other.m_value, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (m_value >= 0)
    ::close(m_value);
}

Result<LocalSocket> LocalSocket::connect(const Path& folder, const std::string& name) {
  const Descriptor room = openFolder(folder);
  Descriptor socket = newSocket();
  if (!room || !socket || !connectTo(socket, room, name))
    return fail(ErrorCode::FileNotFound, {(folder / name).string()}, "LocalSocket::connect");
  if (!isOwnUser(socket.value()))
    return fail(ErrorCode::WorkerRefused, {"the process at the other end belongs to another user"},
                "LocalSocket::connect");
  return LocalSocket(std::move(socket));
}

Result<std::pair<LocalSocket, LocalSocket>> LocalSocket::pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return fail(ErrorCode::Internal, {std::strerror(errno)}, "LocalSocket::pair");
  return std::pair{LocalSocket(Descriptor(ends[0])), LocalSocket(Descriptor(ends[1]))};
}

Status LocalSocket::send(std::span<const std::byte> bytes, const Descriptor* passed,
                         std::chrono::milliseconds limit) {
  const auto gone = [] { return fail(ErrorCode::WorkerDied, {"connection"}, "LocalSocket::send"); };
  while (!bytes.empty()) {
    iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    if (passed) {
      message.msg_control = control;
      message.msg_controllen = sizeof(control);
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof(int));
      const int value = passed->value();
      std::memcpy(CMSG_DATA(header), &value, sizeof(int));
    }
    const ssize_t sent = ::sendmsg(m_descriptor.value(), &message, MSG_NOSIGNAL);
    if (sent > 0) {
      bytes = bytes.subspan(std::size_t(sent));
      passed = nullptr;
      continue;
    }
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0 && errno != EAGAIN)
      return gone();
    pollfd wait{m_descriptor.value(), POLLOUT, 0};
    if (::poll(&wait, 1, int(limit.count())) <= 0 || (wait.revents & (POLLERR | POLLHUP)))
      return gone();
  }
  return {};
}

LocalSocket::Received LocalSocket::receive(std::span<std::byte> into, std::vector<Descriptor>& passed) {
  constexpr std::size_t most = 8;
  iovec part{into.data(), into.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(most * sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  const ssize_t got = ::recvmsg(m_descriptor.value(), &message, MSG_CMSG_CLOEXEC);
  if (got < 0)
    return {0, errno != EAGAIN && errno != EINTR};
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
      continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t n = 0; n < count; ++n) {
      int value;
      std::memcpy(&value, CMSG_DATA(header) + n * sizeof(int), sizeof(int));
      passed.emplace_back(value);
    }
  }
  return {std::size_t(got), got == 0};
}

int LocalSocket::peerProcessId() const {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(m_descriptor.value(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

void LocalSocket::killPeer() {
  if (const int id = peerProcessId(); id > 1 && isOwnUser(m_descriptor.value()))
    ::kill(id, SIGKILL);
}

Result<LocalListener> LocalListener::create(const Path& folder, const std::string& name) {
  const auto failed = [&] {
    return fail(ErrorCode::FileNotWritable, {(folder / name).string(), std::strerror(errno)},
                "LocalListener::create");
  };
  LocalListener listener;
  listener.m_folder = openFolder(folder);
  // Who starts and who ends take turns by a lock on the folder itself: no lock file to leave behind.
  if (!listener.m_folder || ::flock(listener.m_folder.value(), LOCK_EX) != 0)
    return failed();
  {
    const Descriptor probe = newSocket();
    if (connectTo(probe, listener.m_folder, name))
      return fail(ErrorCode::ResultExists, {(folder / name).string()}, "LocalListener::create");
  }
  ::unlinkat(listener.m_folder.value(), name.c_str(), 0);
  Descriptor socket = newSocket();
  const sockaddr_un address = addressIn(listener.m_folder, name);
  const mode_t before = ::umask(0177);
  const bool bound =
      socket && ::bind(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::umask(before);
  if (!bound || ::listen(socket.value(), 16) != 0)
    return failed();
  ::flock(listener.m_folder.value(), LOCK_UN);
  listener.m_descriptor = std::move(socket);
  listener.m_name = name;
  return listener;
}

LocalListener::~LocalListener() {
  if (!m_descriptor)
    return;
  ::flock(m_folder.value(), LOCK_EX);
  ::unlinkat(m_folder.value(), m_name.c_str(), 0);
  ::flock(m_folder.value(), LOCK_UN);
}

std::optional<LocalSocket> LocalListener::accept() {
  Descriptor socket(::accept4(m_descriptor.value(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket || !isOwnUser(socket.value()))
    return std::nullopt;
  return LocalSocket(std::move(socket));
}

WakeUp::WakeUp() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    m_read = Descriptor(ends[0]);
    m_write = Descriptor(ends[1]);
  }
}

void WakeUp::signal() {
  const char byte = 1;
  // A full pipe already wakes the reader.
  [[maybe_unused]] const ssize_t written = ::write(m_write.value(), &byte, 1);
}

void WakeUp::clear() {
  char bytes[256];
  while (::read(m_read.value(), bytes, sizeof(bytes)) > 0) {
  }
}

std::vector<bool> waitReadable(std::span<const int> descriptors, std::chrono::milliseconds limit) {
  std::vector<pollfd> waits;
  for (const int descriptor : descriptors)
    waits.push_back({descriptor, POLLIN, 0});
  std::vector<bool> ready(descriptors.size(), false);
  if (::poll(waits.data(), waits.size(), int(limit.count())) > 0)
    for (std::size_t n = 0; n < waits.size(); ++n)
      ready[n] = waits[n].revents != 0;
  return ready;
}

} // namespace spondyl

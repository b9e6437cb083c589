#include "inference/protocol/channel.h"

namespace spondyl::inference {
namespace {
constexpr std::size_t prefixBytes = 4;
constexpr std::size_t descriptorLimit = 4;
constexpr std::chrono::milliseconds sendLimit{10000};
} // namespace

Status Channel::send(const Message& message, const Descriptor* voxels) {
  const std::string text = encodeMessage(message);
  if (text.size() > messageLimitBytes)
    return fail(ErrorCode::ProtocolViolation, {"message too large to send"}, "Channel::send");
  std::string bytes;
  bytes.reserve(prefixBytes + text.size());
  for (std::size_t n = 0; n < prefixBytes; ++n)
    bytes.push_back(char((text.size() >> (8 * n)) & 0xff));
  bytes += text;
  return m_socket.send(std::as_bytes(std::span(bytes)), voxels, sendLimit);
}

Status Channel::receive() {
  std::byte buffer[65536];
  while (true) {
    std::vector<Descriptor> passed;
    const auto got = m_socket.receive(buffer, passed);
    for (Descriptor& one : passed)
      m_descriptors.push_back(std::move(one));
    if (m_descriptors.size() > descriptorLimit)
      return fail(ErrorCode::ProtocolViolation, {"too many descriptors"}, "Channel::receive");
    m_bytes.append(reinterpret_cast<const char*>(buffer), got.bytes);
    SPONDYL_CHECK(takeApart());
    // What came before the end is still handed out; the end is reported at the next call.
    if (got.ended)
      return m_messages.empty() ? Status(fail(ErrorCode::WorkerDied, {"connection"}, "Channel::receive"))
                                : Status();
    if (got.bytes < sizeof(buffer))
      return {};
  }
}

Status Channel::takeApart() {
  std::size_t at = 0;
  while (m_bytes.size() - at >= prefixBytes) {
    std::size_t length = 0;
    for (std::size_t n = 0; n < prefixBytes; ++n)
      length |= std::size_t(static_cast<unsigned char>(m_bytes[at + n])) << (8 * n);
    if (length == 0 || length > messageLimitBytes)
      return fail(ErrorCode::ProtocolViolation, {"length of a message"}, "Channel::receive");
    if (m_bytes.size() - at - prefixBytes < length)
      break;
    SPONDYL_TRY(Message message, decodeMessage(std::string_view(m_bytes).substr(at + prefixBytes, length)));
    Incoming incoming{std::move(message), std::nullopt};
    if (carriesVoxels(incoming.message)) {
      if (m_descriptors.empty())
        return fail(ErrorCode::ProtocolViolation, {"voxels are missing"}, "Channel::receive");
      incoming.voxels = std::move(m_descriptors.front());
      m_descriptors.pop_front();
    }
    m_messages.push_back(std::move(incoming));
    at += prefixBytes + length;
  }
  m_bytes.erase(0, at);
  return {};
}

std::optional<Incoming> Channel::next() {
  if (m_messages.empty())
    return std::nullopt;
  Incoming first = std::move(m_messages.front());
  m_messages.pop_front();
  return first;
}

} // namespace spondyl::inference

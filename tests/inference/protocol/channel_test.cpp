#include "core/base/shared_memory.h"
#include "inference/protocol/channel.h"

#include <catch2/catch.hpp>

#include <cstring>
#include <unistd.h>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

std::optional<Incoming> waitFor(Channel& channel) {
  for (int n = 0; n < 100; ++n) {
    if (auto incoming = channel.next())
      return incoming;
    const std::array waits{channel.descriptor()};
    waitReadable(waits, std::chrono::milliseconds(50));
    if (!channel.receive())
      return std::nullopt;
  }
  return std::nullopt;
}

Status sendRaw(LocalSocket& socket, std::string_view bytes) {
  return socket.send(std::as_bytes(std::span(bytes)), nullptr, std::chrono::milliseconds(1000));
}

} // namespace

TEST_CASE("messages and shared voxels arrive in order") {
  auto ends = LocalSocket::pair().value();
  Channel here(std::move(ends.first)), there(std::move(ends.second));
  auto memory = SharedMemory::create(4096).value();
  std::memcpy(memory.writable(), "spine", 5);
  const Descriptor sealed = std::move(memory).seal().value();
  JobDone done{1, {}, true};
  REQUIRE(here.send(Heartbeat{}));
  REQUIRE(here.send(done, &sealed));
  REQUIRE(here.send(ProgressEvent{1, "segment", 0.5}));

  CHECK(std::holds_alternative<Heartbeat>(waitFor(there)->message));
  auto second = waitFor(there);
  REQUIRE(second);
  REQUIRE(second->voxels);
  const auto voxels = SharedMemory::open(std::move(*second->voxels), 4096);
  REQUIRE(voxels);
  CHECK(std::memcmp(voxels->data(), "spine", 5) == 0);
  CHECK(std::holds_alternative<ProgressEvent>(waitFor(there)->message));
}

TEST_CASE("shared voxels of the wrong size, or that can still change, are refused") {
  auto memory = SharedMemory::create(4096).value();
  const auto wrongSize = SharedMemory::open(std::move(memory).seal().value(), 8192);
  REQUIRE_FALSE(wrongSize);
  CHECK(wrongSize.error().code == ErrorCode::ProtocolViolation);

  WakeUp wake; // a descriptor that is no sealed memory: a pipe
  CHECK_FALSE(SharedMemory::open(Descriptor(::dup(wake.descriptor())), 4096));
}

TEST_CASE("a message that promises voxels and brings none is a violation") {
  auto ends = LocalSocket::pair().value();
  Channel here(std::move(ends.first)), there(std::move(ends.second));
  REQUIRE(here.send(JobDone{1, {}, true}));
  const std::array waits{there.descriptor()};
  waitReadable(waits, std::chrono::milliseconds(1000));
  const auto received = there.receive();
  REQUIRE_FALSE(received);
  CHECK(received.error().code == ErrorCode::ProtocolViolation);
}

TEST_CASE("garbage on the socket is a violation, not a wait for gigabytes") {
  for (const std::string_view garbage :
       {std::string_view("GET / HTTP/1.1\r\n\r\n"), std::string_view("\xff\xff\xff\xff{}", 6),
        std::string_view("\0\0\0\0", 4), std::string_view("\x02\0\0\0[]", 6)}) {
    auto ends = LocalSocket::pair().value();
    Channel there(std::move(ends.second));
    REQUIRE(sendRaw(ends.first, garbage));
    const std::array waits{there.descriptor()};
    waitReadable(waits, std::chrono::milliseconds(1000));
    const auto received = there.receive();
    REQUIRE_FALSE(received);
    CHECK(received.error().code == ErrorCode::ProtocolViolation);
  }
}

TEST_CASE("the other end's death is told after what it had said") {
  auto ends = LocalSocket::pair().value();
  Channel there(std::move(ends.second));
  {
    Channel here(std::move(ends.first));
    REQUIRE(here.send(Refused{"going"}));
  }
  const auto last = waitFor(there);
  REQUIRE(last);
  CHECK(std::get<Refused>(last->message).reason == "going");
  const auto received = there.receive();
  REQUIRE_FALSE(received);
  CHECK(received.error().code == ErrorCode::WorkerDied);
  CHECK_FALSE(there.send(Heartbeat{}));
}

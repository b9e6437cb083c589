// Networks, clients and machines that misbehave: each ends in one sentence, and whoever comes next is served.
#include "core/base/local_socket.h"
#include "core/base/shared_memory.h"
#include "inference/protocol/awake_time.h"
#include "inference/protocol/channel.h"
#include "tests/inference/worker/worker_support.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstring>

using namespace spondyl;
using namespace spondyl::inference;
using namespace spondyl::test;
namespace fs = std::filesystem;

namespace {

const char* const endless = "    n = 0\n"
                            "    while n >= 0:\n"
                            "        n = (n + 1) % 1000\n"
                            "    return torch.cat([x * 0.0] * 12, 1)\n";

Error errorOf(const Result<SegmentOutcome>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

bool isNumber(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

ClientOptions impatient(const WorkerFolder& folder, int stepSeconds, int silenceSeconds = 60) {
  ClientOptions options = optionsIn(folder);
  options.stepSeconds = stepSeconds;
  options.silenceSeconds = silenceSeconds;
  return options;
}

/// Signals the worker once, when `stage` is first reported.
Progress signalAt(const std::string& stage, int signal, const TestClient& client,
                  std::atomic<int>& signalled) {
  return Progress([&client, &signalled, stage, signal](const ProgressReport& report) {
    const int worker = client.workerProcessId();
    if (report.stage == stage && signalled == 0 && worker > 0) {
      signalled = worker;
      ::kill(worker, signal);
    }
  });
}

} // namespace

TEST_CASE("a network that computes without end is given up by name, and those who wait are served") {
  const WorkerFolder folder;
  const Path package = folder.package("endless", endless), good = folder.package("good", answerForSpine());
  TestClient client(impatient(folder, 3)), other(impatient(folder, 3));
  std::optional<Result<SegmentOutcome>> second;
  std::jthread waiting;
  const JobContext job{{}, Progress([&](const ProgressReport& report) {
                         if (report.stage == "segment" && !waiting.joinable())
                           waiting = std::jthread(
                               [&] { second = other.segment(spineVolume(), requestFor(good), {}); });
                       })};
  const Error error = errorOf(client.segment(spineVolume(), requestFor(package), job));
  CHECK(error.code == ErrorCode::ModelDamaged);
  CHECK(error.arguments == std::vector<std::string>{"test", "one step of it took longer than 3 s"});
  REQUIRE(waiting.joinable());
  waiting.join();
  REQUIRE(second);
  CHECK(second->ok());
  CHECK(client.segment(spineVolume(), requestFor(good), {}));
}

TEST_CASE("an endless network that was stopped by the reader does not hold the next job up") {
  const WorkerFolder folder;
  const Path package = folder.package("endless", endless), good = folder.package("good", answerForSpine());
  TestClient client(impatient(folder, 3));
  std::stop_source stop;
  std::jthread reader;
  const JobContext job{stop.get_token(), Progress([&](const ProgressReport& report) {
                         if (report.stage == "segment" && !reader.joinable())
                           reader = std::jthread([&] {
                             std::this_thread::sleep_for(1s); // into the first window
                             stop.request_stop();
                           });
                       })};
  CHECK(errorOf(client.segment(spineVolume(), requestFor(package), job)).code == ErrorCode::Cancelled);
  const int stuck = client.workerProcessId();
  CHECK(client.segment(spineVolume(), requestFor(good), {}));
  CHECK(client.workerProcessId() != stuck);
}

TEST_CASE("a worker that was stopped for a while goes on with its job") {
  const WorkerFolder folder;
  const Path package = folder.package("good", answerForSpine());
  TestClient client(impatient(folder, 2));
  const auto undisturbed = client.segment(spineVolume(), requestFor(package), {});
  REQUIRE(undisturbed);
  std::atomic<int> stopped{0};
  std::jthread waker([&] {
    if (within(30s, [&] { return stopped > 0; })) {
      std::this_thread::sleep_for(4s); // longer than a step may take
      ::kill(stopped, SIGCONT);
    }
  });
  const auto outcome = client.segment(spineVolume(), requestFor(package),
                                      {{}, signalAt("resample", SIGSTOP, client, stopped)});
  REQUIRE(outcome);
  CHECK(outcome->boneAndDisc == undisturbed->boneAndDisc);
  CHECK(client.workerProcessId() == stopped);
}

TEST_CASE("a worker that stays stopped is replaced, at work or at the door") {
  const WorkerFolder folder;
  const Path package = folder.package("good", answerForSpine());
  TestClient client(impatient(folder, 60, 10));
  std::atomic<int> stopped{0};
  REQUIRE(client.segment(spineVolume(), requestFor(package),
                         {{}, signalAt("resample", SIGSTOP, client, stopped)}));
  const int second = client.workerProcessId();
  CHECK(second != stopped);
  ::kill(second, SIGSTOP);
  REQUIRE(client.segment(spineVolume(), requestFor(package), {}));
  CHECK(client.workerProcessId() != second);
}

TEST_CASE("time that the machine slept makes nobody late") {
  const AwakeTime::Clock::time_point start{};
  AwakeTime awake(start);
  CHECK(awake.tick(start + 300ms) == 300ms);
  CHECK(awake.tick(start + 8h) == 1s);
  CHECK(awake.tick(start + 8h + 200ms) == 200ms);
  CHECK(awake.tick(start) == 0s);
}

TEST_CASE(
    "a network that needs more memory than allowed is tried with smaller windows, then told in numbers") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  SegmentRequest request =
      requestFor(folder.package("hungry", "    big = torch.ones([x.numel(), 1000])\n"
                                          "    return torch.cat([x * 0.0 + big.mean()] * 12, 1)\n"));
  request.memoryLimitGiB = 1;
  CHECK(client.segment(spineVolume(), request, {})); // 64 x 64 x 80 voxels would need 1.2 GiB

  request.modelFolder = folder
                            .package("greedy", "    big = torch.ones([1000000000])\n"
                                               "    return torch.cat([x * 0.0 + big.mean()] * 12, 1)\n")
                            .string();
  const Error error = errorOf(client.segment(spineVolume(), request, {}));
  CHECK(error.code == ErrorCode::OutOfMemory);
  REQUIRE(error.arguments.size() == 2);
  CHECK(isNumber(error.arguments[0]));
  CHECK(error.arguments[1] == "1024");

  const int worker = client.workerProcessId();
  CHECK(client.segment(spineVolume(), requestFor(folder.package("good", answerForSpine())), {}));
  CHECK(client.workerProcessId() == worker);
}

TEST_CASE("what a network throws is told in one line") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  for (const auto& [forward, said] : std::vector<std::pair<std::string, std::string>>{
           {"    assert x.numel() < 0, 'too small'\n    return x\n", "too small"},
           {"    return torch.mm(x[0, 0, 0], x[0, 0, 0, 0:3])\n", "mat1 and mat2"},
           {"    return x\n", "its output has not the shape of its card"}}) {
    const Error error =
        errorOf(client.segment(spineVolume(), requestFor(folder.package("bad", forward)), {}));
    CHECK(error.code == ErrorCode::ModelDamaged);
    REQUIRE(error.arguments.size() == 2);
    INFO(error.arguments[1]);
    CHECK(error.arguments[1].find(said) != std::string::npos);
    CHECK(error.arguments[1].find('\n') == std::string::npos);
  }
}

TEST_CASE("a network whose answer is the same everywhere gives a sound result or a sentence") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  const VolumePtr volume =
      drawn(spine, gridRound({5, 5, -11}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {50, 50, 80}));
  for (int channel = 0; channel < 8; ++channel) {
    INFO(channel);
    const std::string n = std::to_string(channel);
    const Path package = folder.package("constant", "    out = torch.cat([x * 0.0] * 12, 1)\n"
                                                    "    out[:, " +
                                                        n + "] += 30.0\n    return out\n");
    const auto outcome = client.segment(volume, requestFor(package), {});
    if (!outcome) {
      CHECK(outcome.error().code == ErrorCode::ModelDamaged);
      continue;
    }
    // Nothing that is said to be a vertebra is as large as the images.
    for (const ResultVertebra& v : outcome->result.vertebrae)
      CHECK((v.isSacrum || !v.whole || !v.note.empty()));
    CHECK(outcome->result.naming != "certain");
  }
}

TEST_CASE("a package that is removed while it runs does no harm") {
  const WorkerFolder folder;
  const Path package = folder.package("good", answerForSpine());
  TestClient client(optionsIn(folder));
  std::atomic<bool> removed{false};
  const JobContext job{{}, Progress([&](const ProgressReport& report) {
                         if (report.stage == "resample" && !removed.exchange(true))
                           fs::remove_all(package);
                       })};
  const auto outcome = client.segment(spineVolume(), requestFor(package), job);
  REQUIRE(removed);
  REQUIRE(outcome);
  CHECK(outcome->result.vertebrae.size() == 4);
  CHECK(errorOf(client.segment(spineVolume(), requestFor(package), {})).code == ErrorCode::ModelNotFound);
}

TEST_CASE(
    "a client that vanishes midway does not hold up the next one, nor does one that lies about its voxels") {
  const WorkerFolder folder;
  const Path slowPackage = folder.package("slow", slow(200)), good = folder.package("good", answerForSpine());
  TestClient client(optionsIn(folder));
  REQUIRE(client.segment(spineVolume(), requestFor(good), {}));
  const int worker = client.workerProcessId();
  const VolumePtr volume = longVolume();
  const auto ask = [&](std::size_t bytes) {
    const std::string name = socketIn(folder.runtime());
    Channel channel(LocalSocket::connect(folder.runtime(), name).value());
    const std::string build =
        name.substr(std::strlen("inference-"), name.rfind('.') - std::strlen("inference-"));
    REQUIRE(channel.send(Hello{build, 0}));
    const Descriptor voxels = SharedMemory::create(bytes).value().seal().value();
    SegmentRequest request = requestFor(slowPackage);
    request.device = "cpu";
    REQUIRE(channel.send(SegmentCommand{1, request, {volume->grid(), VoxelType::Int16, {}, std::nullopt}},
                         &voxels));
    for (int n = 0; n < 200; ++n) {
      const std::array waits{channel.descriptor()};
      waitReadable(waits, 100ms);
      REQUIRE(channel.receive());
      while (const auto incoming = channel.next()) {
        if (const auto* failed = std::get_if<JobFailed>(&incoming->message))
          return failed->error.code;
        if (const auto* progress = std::get_if<ProgressEvent>(&incoming->message))
          if (progress->stage == "segment")
            return ErrorCode::Cancelled; // gone without a word
      }
    }
    return ErrorCode::Internal;
  };
  CHECK(ask(volume->byteCount()) == ErrorCode::Cancelled);
  CHECK(ask(volume->byteCount() / 2) == ErrorCode::ProtocolViolation);
  CHECK(client.segment(spineVolume(), requestFor(good), {}));
  CHECK(client.workerProcessId() == worker);
}

TEST_CASE("the runtime folder may vanish under a job: it is finished, and the next one finds a worker") {
  const WorkerFolder folder;
  const Path package = folder.package("good", answerForSpine());
  TestClient client(optionsIn(folder));
  std::atomic<bool> removed{false};
  const JobContext job{{}, Progress([&](const ProgressReport& report) {
                         if (report.stage == "segment" && !removed.exchange(true))
                           fs::remove_all(folder.runtime());
                       })};
  const auto outcome = client.segment(spineVolume(), requestFor(package), job);
  REQUIRE(removed);
  REQUIRE(outcome);
  CHECK(outcome->result.vertebrae.size() == 4);
  const int first = client.workerProcessId();
  TestClient next(optionsIn(folder));
  REQUIRE(next.segment(spineVolume(), requestFor(package), {}));
  CHECK(next.workerProcessId() != first);
  ::kill(first, SIGTERM); // nobody finds it any more
}

// The worker as a process: asked, stopped, killed, lied to.
#include "core/base/local_socket.h"
#include "inference/protocol/channel.h"
#include "tests/inference/worker/worker_support.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;
using namespace std::chrono_literals;
using namespace spondyl::test;
namespace fs = std::filesystem;

namespace {

ErrorCode codeOf(const Result<SegmentOutcome>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

} // namespace

TEST_CASE("a known answer comes back through the process, with names and origin, and the worker stays for "
          "the next") {
  const WorkerFolder folder;
  const Path package = folder.package("known", answerForSpine());
  TestClient client(optionsIn(folder));
  double last = 0;
  bool falling = false;
  const JobContext job{{}, Progress([&](const ProgressReport& report) {
                         falling = falling || report.fraction < last;
                         last = report.fraction;
                       })};
  const auto outcome = client.segment(spineVolume(), requestFor(package), job);
  REQUIRE(outcome);
  CHECK_FALSE(falling);
  CHECK(last == Approx(1.0));
  const SegmentResult& r = outcome->result;
  REQUIRE(r.vertebrae.size() == 4);
  for (int n = 0; n < 4; ++n) {
    CHECK(distance(r.vertebrae[std::size_t(n)].centroid, spine.centre(n)) < 1.0);
    const IndexIjk at = nearestIndex(spineGrid().toIjk(spine.centre(n)));
    const StructureId id = outcome->boneAndDisc.at(at);
    REQUIRE(id.value >= 1);
    REQUIRE(id.value <= r.structures.size());
    CHECK(r.structures[id.value - 1u].vertebra == n + 1);
    CHECK(r.structures[id.value - 1u].part == Part::VertebralBody);
  }
  CHECK(outcome->boneAndDisc.grid() == spineGrid());
  CHECK(r.naming == "ask");
  CHECK(r.modelName == "test");
  CHECK(r.modelVersion == "1.2");
  CHECK(r.weightsSha256 == sha256OfFile(package / "model.pt").value());
  CHECK(r.device == "cpu");
  CHECK(r.peakMemoryMiB > 0);
  CHECK(r.times.size() == 4);

  const int worker = client.workerProcessId();
  CHECK(runs(worker));
  const auto named = client.rename(r, ReaderAnchor{Level::L5, r.vertebrae.back().centroid}, {});
  REQUIRE(named);
  CHECK(named->vertebrae.front().level == Level::L2);
  CHECK(named->structures == r.structures);
  CHECK(client.workerProcessId() == worker);

  client.shutdownWorker();
  CHECK(within(5s, [&] { return fs::is_empty(folder.runtime()); }));
}

TEST_CASE("a zero network finds nothing, and that is a result") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  const auto outcome = client.segment(
      spineVolume(), requestFor(folder.package("zero", "    return torch.cat([x * 0.0] * 12, 1)\n")), {});
  REQUIRE(outcome);
  CHECK(outcome->result.structures.empty());
  CHECK(outcome->result.warnings == std::vector<std::string>{"No spine was found."});
  CHECK(outcome->boneAndDisc.voxelCounts().size() <= 1);
}

TEST_CASE(
    "models that are not trusted, changed, cut short or wrong are refused by name, and the worker goes on") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  const Path good = folder.package("good", answerForSpine());
  REQUIRE(client.segment(spineVolume(), requestFor(good), {}));
  const int worker = client.workerProcessId();

  CHECK(codeOf(client.segment(spineVolume(), requestFor(folder.package("stranger", answerForSpine(), false)),
                              {})) == ErrorCode::ModelUntrusted);

  const Path changed = folder.package("changed", answerForSpine());
  {
    std::fstream file(changed / "model.pt", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file.put('!');
  }
  CHECK(codeOf(client.segment(spineVolume(), requestFor(changed), {})) == ErrorCode::ModelDamaged);

  const Path cut = folder.package("cut", answerForSpine());
  fs::resize_file(cut / "model.pt", fs::file_size(cut / "model.pt") / 2);
  folder.writeCard(cut, sha256OfFile(cut / "model.pt").value(), true);
  CHECK(codeOf(client.segment(spineVolume(), requestFor(cut), {})) == ErrorCode::ModelDamaged);

  const auto refused = [&](const char* name, const std::string& forward) {
    return codeOf(client.segment(spineVolume(), requestFor(folder.package(name, forward)), {}));
  };
  CHECK(refused("throws", "    assert x.numel() < 0, 'no'\n    return x\n") == ErrorCode::ModelDamaged);
  CHECK(refused("shape", "    return x\n") == ErrorCode::ModelDamaged);
  CHECK(refused("kind", "    return 1\n") == ErrorCode::ModelDamaged);
  CHECK(refused("nan", "    return torch.cat([x / 0.0 * 0.0] * 12, 1)\n") == ErrorCode::ModelDamaged);

  SegmentRequest request = requestFor(good);
  request.modality = "mr";
  CHECK(codeOf(client.segment(spineVolume(), request, {})) == ErrorCode::ModelUnsuitable);
  request = requestFor(good);
  request.device = "cuda:77";
  CHECK(codeOf(client.segment(spineVolume(), request, {})) == ErrorCode::DeviceUnavailable);
  request = requestFor(good);
  request.memoryLimitGiB = 0.01;
  CHECK(codeOf(client.segment(spineVolume(), request, {})) == ErrorCode::OutOfMemory);

  CHECK(client.segment(spineVolume(), requestFor(good), {}));
  CHECK(client.workerProcessId() == worker);
}

TEST_CASE("a stop is answered within a second, and the worker is free again") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  const Path slow = folder.package("slow", test::slow(20)), good = folder.package("good", answerForSpine());
  REQUIRE(client.segment(spineVolume(), requestFor(good), {}));
  const int worker = client.workerProcessId();

  std::stop_source stop;
  std::atomic<bool> computing{false};
  const JobContext job{stop.get_token(), Progress([&](const ProgressReport& report) {
                         if (report.stage == "segment")
                           computing = true;
                       })};
  std::optional<ErrorCode> code;
  std::jthread caller([&] { code = codeOf(client.segment(longVolume(), requestFor(slow), job)); });
  REQUIRE(within(60s, [&] { return computing.load(); }));
  const auto asked = std::chrono::steady_clock::now();
  stop.request_stop();
  caller.join();
  CHECK(std::chrono::steady_clock::now() - asked < 1s);
  CHECK(code == ErrorCode::Cancelled);

  CHECK(client.segment(spineVolume(), requestFor(good), {}));
  CHECK(client.workerProcessId() == worker);
  std::stop_source stopped;
  stopped.request_stop();
  CHECK(codeOf(client.segment(spineVolume(), requestFor(good), {stopped.get_token(), {}})) ==
        ErrorCode::Cancelled);
}

TEST_CASE("a worker killed once, at any stage, is replaced and the job done, killed again it is told") {
  const WorkerFolder folder;
  const Path package = folder.package("known", answerForSpine());
  TestClient client(optionsIn(folder));
  const auto undisturbed = client.segment(spineVolume(), requestFor(package), {});
  REQUIRE(undisturbed);
  for (const auto& [stage, kills] : std::vector<std::pair<std::string, int>>{
           {"start", 1}, {"resample", 1}, {"segment", 1}, {"decode", 1}, {"label", 1}, {"segment", 2}}) {
    INFO(stage << ", killed " << kills << " times");
    int left = kills, lastKilled = 0;
    const JobContext job{{}, Progress([&](const ProgressReport& report) {
                           const int worker = client.workerProcessId();
                           if (report.stage != stage || left == 0 || worker == lastKilled || worker == 0)
                             return;
                           lastKilled = worker;
                           --left;
                           ::kill(worker, SIGKILL);
                         })};
    const auto outcome = client.segment(spineVolume(), requestFor(package), job);
    if (kills == 1 || left > 0) { // the answer may have been on its way already
      REQUIRE(outcome);
      CHECK(outcome->boneAndDisc == undisturbed->boneAndDisc);
    } else if (!outcome) {
      CHECK(outcome.error().code == ErrorCode::WorkerDied);
      CHECK(outcome.error().arguments == std::vector<std::string>{stage});
    }
  }
  CHECK(client.segment(spineVolume(), requestFor(package), {}));
  client.shutdownWorker();
  CHECK(within(5s, [&] { return fs::is_empty(folder.runtime()); }));
}

TEST_CASE("two clients share one worker and both are served") {
  const WorkerFolder folder;
  const Path package = folder.package("known", answerForSpine());
  TestClient first(optionsIn(folder)), second(optionsIn(folder));
  std::optional<Result<SegmentOutcome>> a, b;
  {
    std::jthread one([&] { a = first.segment(spineVolume(), requestFor(package), {}); });
    std::jthread two([&] { b = second.segment(spineVolume(), requestFor(package), {}); });
  }
  REQUIRE(a->ok());
  REQUIRE(b->ok());
  CHECK((*a)->boneAndDisc == (*b)->boneAndDisc);
  CHECK(first.workerProcessId() == second.workerProcessId());
}

TEST_CASE("garbage, silence and strangers at the socket harm nobody") {
  const WorkerFolder folder;
  const Path package = folder.package("known", answerForSpine());
  TestClient client(optionsIn(folder));
  REQUIRE(client.segment(spineVolume(), requestFor(package), {}));
  const int worker = client.workerProcessId();
  const std::string name = socketIn(folder.runtime());
  REQUIRE_FALSE(name.empty());

  auto silent = LocalSocket::connect(folder.runtime(), name);
  REQUIRE(silent);
  const auto answerTo = [&](std::string_view bytes) -> std::string {
    auto socket = LocalSocket::connect(folder.runtime(), name).value();
    REQUIRE(socket.send(std::as_bytes(std::span(bytes)), nullptr, 1s));
    Channel channel(std::move(socket));
    for (int n = 0; n < 100; ++n) {
      const std::array waits{channel.descriptor()};
      waitReadable(waits, 100ms);
      if (!channel.receive())
        return {};
      if (const auto incoming = channel.next())
        if (const auto* refused = std::get_if<Refused>(&incoming->message))
          return refused->reason;
    }
    return "silence";
  };
  const auto framed = [](const Message& message) {
    const std::string text = encodeMessage(message);
    std::string bytes;
    for (int n = 0; n < 4; ++n)
      bytes.push_back(char((text.size() >> (8 * n)) & 0xff));
    return bytes + text;
  };
  CHECK(answerTo("GET / HTTP/1.1\r\n\r\n") == "length of a message");
  CHECK(answerTo(std::string("\x04\0\0\0{{{{", 8)) == "a message that cannot be read");
  CHECK(answerTo(framed(Hello{"0123456789abcdef", 1})) == "another build");
  CHECK(answerTo(framed(CancelCommand{1})) == "greeting expected");

  CHECK(client.segment(spineVolume(), requestFor(package), {}));
  CHECK(client.workerProcessId() == worker);
}

TEST_CASE("an idle worker ends itself and leaves nothing") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder, 1));
  REQUIRE(client.rename({}, std::nullopt, {}));
  CHECK(fs::exists(folder.runtime()));
  CHECK(within(15s, [&] { return fs::is_empty(folder.runtime()); }));
  CHECK(client.rename({}, std::nullopt, {})); // the next call starts another
}

TEST_CASE("the worker has locked itself down") {
  const WorkerFolder folder;
  TestClient client(optionsIn(folder));
  REQUIRE(client.rename({}, std::nullopt, {}));
  std::ifstream status("/proc/" + std::to_string(client.workerProcessId()) + "/status");
  std::string text((std::istreambuf_iterator<char>(status)), {});
  CHECK(text.find("NoNewPrivs:\t1") != std::string::npos);
  CHECK(text.find("Seccomp:\t2") != std::string::npos);
  CHECK((fs::status(folder.path / "log").permissions() & fs::perms(077)) == fs::perms::none);
}

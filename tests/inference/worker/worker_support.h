#pragma once
// What every test of the worker as a process needs: a spine to look for, requests, a client that tidies up.

#include "inference/client/client.h"
#include "tests/inference/support/spine_input.h"
#include "tests/inference/worker/test_package.h"

#include <chrono>
#include <csignal>
#include <thread>

namespace spondyl::test {

using namespace std::chrono_literals;

inline const SimpleSpine spine{};

inline Grid spineGrid() {
  return gridRound({5, 5, -11}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {50, 50, 80});
}
inline VolumePtr spineVolume() {
  static const VolumePtr volume = drawn(spine, spineGrid());
  return volume;
}
/// Needs many windows.
inline VolumePtr longVolume() {
  static const VolumePtr volume =
      VolumeBuilder::create(gridRound({0, 0, 0}, {2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {100, 100, 220}),
                            VoxelType::Int16)
          .value()
          .freeze();
  return volume;
}

/// For a volume whose grid the network sees as it is.
inline std::string answerForSpine() {
  const PointIjk lowest = spineGrid().toIjk(spine.centre(spine.count - 1));
  return knownAnswer(lowest.k, spine.spacingMm / 2, spine.count, lowest.j, lowest.i);
}

inline inference::ClientOptions optionsIn(const WorkerFolder& folder, int idleSeconds = 60) {
  return {{}, folder.runtime(), folder.path / "log", idleSeconds, 60};
}

inline inference::SegmentRequest requestFor(const Path& package) {
  inference::SegmentRequest request;
  request.modelFolder = package.string();
  request.modality = "ct";
  request.device = "cpu";
  return request;
}

/// Ends its worker too.
struct TestClient : inference::WorkerClient {
  using WorkerClient::WorkerClient;
  ~TestClient() { shutdownWorker(); }
};

inline bool runs(int process) {
  return process > 0 && ::kill(process, 0) == 0;
}

template <class Condition>
bool within(std::chrono::milliseconds limit, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

inline std::string socketIn(const Path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".sock")
      return entry.path().filename().string();
  return {};
}

} // namespace spondyl::test

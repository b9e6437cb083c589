// Our sliding window on a raw array, for comparison with others (parity.py, scripts/bench_engine.py):
//   slide_array network=N.pt in=IN.f32 out=OUT.f32 size=Z,Y,X window=Z,Y,X starts=0,48/0,48/0 channels=C
//   without window and starts: those that the engine plans for sides that are multiples of 16
//               [least=0.001] [shift=0.5] [threads=N] [allocator=plain] [repeat=N] [mirror=1]
//               [device=cuda:N] [precision=float16|bfloat16]
// The network is trusted: its checksum is taken from the file itself. Prints one JSON line of what it cost;
// times are those of the last repetition.
#include "core/base/process.h"
#include "inference/engine/allocator.h"
#include "inference/engine/session.h"
#include "inference/engine/sliding_window.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <sstream>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

std::vector<int> numbers(const std::string& text) {
  std::vector<int> out;
  std::istringstream stream(text);
  for (std::string one; std::getline(stream, one, ',');)
    out.push_back(std::stoi(one));
  return out;
}

Shape shape(const std::string& text) {
  const auto n = numbers(text);
  return {n.at(0), n.at(1), n.at(2)};
}

double cpuSeconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

int failed(const Error& error) {
  std::fprintf(stderr, "%s", errorCodeName(error.code));
  for (const auto& argument : error.arguments)
    std::fprintf(stderr, " %s", argument.c_str());
  std::fprintf(stderr, "\n");
  return 1;
}

int slide(std::map<std::string, std::string>& given) {
  if (given["allocator"] != "plain")
    installCachingAllocator();
  setComputeThreads(given["threads"].empty() ? 0 : std::stoi(given["threads"]));
  const Shape size = shape(given["size"]);
  const int channels = std::stoi(given["channels"]);
  WindowPlan plan;
  if (given["window"].empty()) {
    plan = planWindows(size, {}, 16, WindowOptions{}.overlap);
  } else {
    plan.window = shape(given["window"]);
    std::istringstream axes(given["starts"]);
    for (auto& starts : plan.starts) {
      std::string one;
      std::getline(axes, one, '/');
      starts = numbers(one);
    }
  }
  WindowOptions options;
  options.leastWeight = given["least"].empty() ? 0.0f : std::stof(given["least"]);
  options.centreShift = given["shift"].empty() ? 0.0 : std::stod(given["shift"]);

  std::vector<float> field(voxelCount(size)), out(field.size() * std::size_t(channels));
  std::ifstream(given["in"], std::ios::binary)
      .read(reinterpret_cast<char*>(field.data()), std::streamsize(field.size() * sizeof(float)));
  const auto sha = sha256OfFile(given["network"]);
  if (!sha)
    return failed(sha.error());
  const std::string& wish = given["device"];
  const auto devices = devicesFor(wish.empty() ? "cpu" : wish, wish.empty() ? 0 : usableGpus());
  if (!devices)
    return failed(devices.error());
  Precision precision = Precision::Float32;
  for (const Precision one : {Precision::Float16, Precision::BFloat16})
    if (given["precision"] == precisionName(one))
      precision = one;
  auto session = Session::load({"network", given["network"], *sha, 0, channels, given["mirror"] == "1"},
                               devices->front(), precision);
  if (!session)
    return failed(session.error());

  const std::size_t slice = std::size_t(size[1]) * std::size_t(size[2]);
  double cpu = 0, wall = 0;
  for (int n = given["repeat"].empty() ? 1 : std::stoi(given["repeat"]); n > 0; --n) {
    const double before = cpuSeconds();
    const auto started = std::chrono::steady_clock::now();
    const Status status =
        slideOver(**session, field, size, plan, options, {}, [&](int z, std::span<const float> v) {
          for (std::size_t c = 0; c < std::size_t(channels); ++c)
            std::copy_n(v.begin() + std::ptrdiff_t(c * slice), slice,
                        out.begin() + std::ptrdiff_t(c * field.size() + std::size_t(z) * slice));
        });
    if (!status)
      return failed(status.error());
    cpu = cpuSeconds() - before;
    wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  std::ofstream(given["out"], std::ios::binary)
      .write(reinterpret_cast<const char*>(out.data()), std::streamsize(out.size() * sizeof(float)));
  const TensorMemory memory = tensorMemory();
  std::printf("{\"cpu_s\": %.3f, \"wall_s\": %.3f, \"peak_mib\": %.1f, \"most_used_mib\": %.1f, "
              "\"most_held_mib\": %.1f}\n",
              cpu, wall, peakMemoryMiB(), double(memory.mostUsed) / 1048576,
              double(memory.mostHeld) / 1048576);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (int n = 1; n < argc; ++n) {
    const std::string word = argv[n];
    given[word.substr(0, word.find('='))] = word.substr(std::min(word.size(), word.find('=') + 1));
  }
  try {
    return slide(given);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "slide_array: %s\n", problem.what());
    return 2;
  }
}

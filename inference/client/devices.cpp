#include "inference/client/devices.h"

#include "core/base/id.h"
#include "core/base/process.h"
#include "inference/client/connection.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <sstream>
#include <thread>

namespace spondyl::inference {
namespace {

using namespace std::chrono_literals;
constexpr auto patience = 60s; ///< a GPU's driver may take its time when first asked
constexpr auto glance = 20ms;
constexpr std::uint64_t answerLimitBytes = std::uint64_t(1) << 20;

/// device, MiB, description and why it is unusable, between tabs; anything else is a remark of a library.
std::optional<ComputeDevice> deviceFrom(const std::string& line) {
  std::array<std::string, 4> fields;
  std::istringstream stream(line);
  for (std::string& field : fields)
    std::getline(stream, field, '\t');
  if ((fields[0] != "cpu" && !fields[0].starts_with("cuda:")) ||
      std::count(line.begin(), line.end(), '\t') != 3)
    return std::nullopt;
  ComputeDevice out{fields[0], fields[2], 0, fields[3]};
  std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), out.memoryMiB);
  return out;
}

} // namespace

Result<std::vector<ComputeDevice>> listComputeDevices(ClientOptions options, const std::stop_token& stop) {
  SPONDYL_TRY(options, completed(std::move(options)));
  const Path answer = options.runtimeFolder / ("devices-" + newUuid());
  const auto asked = [&]() -> Result<std::vector<ComputeDevice>> {
    SPONDYL_TRY(ChildProcess worker, ChildProcess::start(options.worker, {"--devices"}, answer));
    const auto end = std::chrono::steady_clock::now() + patience;
    while (worker.isRunning()) {
      if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, {}, "listComputeDevices");
      if (std::chrono::steady_clock::now() > end)
        return fail(ErrorCode::WorkerNotStarted, {"it did not name its devices in time"},
                    "listComputeDevices");
      std::this_thread::sleep_for(glance);
    }
    std::vector<ComputeDevice> devices;
    if (const auto text = readFile(answer, answerLimitBytes)) {
      std::istringstream lines(*text);
      for (std::string line; std::getline(lines, line);)
        if (auto device = deviceFrom(line))
          devices.push_back(std::move(*device));
    }
    if (worker.ending() != 0 || devices.empty())
      return fail(ErrorCode::WorkerNotStarted, {"it could not name its devices"}, "listComputeDevices");
    return devices;
  };
  auto devices = asked();
  std::error_code ignored;
  std::filesystem::remove(answer, ignored);
  return devices;
}

} // namespace spondyl::inference

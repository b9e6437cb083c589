// devices: what networks can run on here.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "inference/client/devices.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace spondyl::app {
namespace {

using Json = nlohmann::ordered_json;
constexpr double mibPerGib = 1024.0;

int listDevices(bool asJson, Session& session) {
  const auto devices = inference::listComputeDevices({}, session.job().stop);
  if (!devices)
    return session.refuse(devices.error());
  Json rows = Json::array();
  for (const inference::ComputeDevice& one : *devices) {
    rows.push_back({{"device", one.device},
                    {"description", one.description},
                    {"memory_mib", one.memoryMiB > 0 ? Json(one.memoryMiB) : Json(nullptr)},
                    {"usable", one.unusable.empty()},
                    {"reason", one.unusable.empty() ? Json(nullptr) : Json(one.unusable)}});
    if (!asJson)
      std::printf("%-8s %6.1f GiB  %s%s%s\n", one.device.c_str(), one.memoryMiB / mibPerGib,
                  one.description.c_str(),
                  one.unusable.empty() ? "" : "  not usable: ", one.unusable.c_str());
  }
  if (asJson)
    std::printf("%s\n", Json{{"schema", "spondyl.devices/1"}, {"devices", rows}}.dump(2).c_str());
  return 0;
}

} // namespace

void addDevices(CLI::App& app, Session& session) {
  auto asJson = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("devices", "What networks can run on here: GPUs and the CPU, with memory");
  command->footer("Example: spondyl-cli devices");
  command->add_flag("--json", *asJson, "As JSON (spondyl.devices/1)");
  command->callback(
      [asJson, &session] { session.run = [asJson](Session& s) { return listDevices(*asJson, s); }; });
}

} // namespace spondyl::app

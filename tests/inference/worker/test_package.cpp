#include "tests/inference/worker/test_package.h"

#include "core/base/id.h"
#include "core/base/process.h"

#include <cstdlib>
#include <fstream>
#include <torch/csrc/jit/api/module.h>

namespace spondyl::test {
namespace fs = std::filesystem;

WorkerFolder::WorkerFolder() : path(fs::temp_directory_path() / ("spondyl-test-" + newUuid())) {
  if (!makePrivateFolder(path))
    std::abort();
  fs::create_directories(path / "config" / "spondyl");
  ::setenv("XDG_CONFIG_HOME", (path / "config").c_str(), 1); // the worker inherits it
}

WorkerFolder::~WorkerFolder() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

Path WorkerFolder::package(const std::string& name, const std::string& forward, bool trusted) const {
  const Path folder = path / "models" / name;
  fs::create_directories(folder);
  torch::jit::Module module("network");
  module.define("def forward(self, x):\n" + forward);
  module.save((folder / "model.pt").string());
  writeCard(folder, sha256OfFile(folder / "model.pt").value(), trusted);
  return folder;
}

void WorkerFolder::writeCard(const Path& package, const std::string& sha256, bool trusted) const {
  const std::string card =
      R"({"name": "test", "version": "1.2", "task": "spine-ct", "file": "model.pt", "sha256": ")" + sha256 +
      R"(",
    "network_data_format": {"inputs": {"image": {"modality": "CT"}}}, "spacing_mm": [2.0, 2.0, 2.0],
    "tensor": {"size_multiple": 16, "patch_shapes_zyx": [[32, 32, 32]], "padding_hu": -1000},
    "normalisation": {"clip_hu": [-400, 1500], "subtract": 100, "divide": 300},
    "outputs": {"classes": {"labels": ["background", "body", "arch", "disc", "sacrum", "canal", "rib", "other_bone"]},
                "offset": {"order": ["z", "y", "x"], "scale_mm": 20}, "level": {"scale": 24}},
    "intended_input": {"minimum_spacing_mm": 0.3, "maximum_spacing_mm": 5}, "remark": ")" +
      newUuid() + "\"}\n";
  std::ofstream(package / "metadata.json") << card;
  if (trusted)
    std::ofstream(path / "config" / "spondyl" / "trusted-models", std::ios::app)
        << sha256Hex(std::string_view(card)) << " # of a test\n";
}

std::string knownAnswer(double first, double step, int count, double y, double x) {
  const auto n = [](double v) { return std::to_string(v); };
  return "    hu = x * 300.0 + 100.0\n"
         "    body = 40.0 * (torch.clamp((hu - 300.0) / 900.0, 0.0, 1.0) - 0.5)\n"
         "    zero = torch.zeros_like(x)\n"
         "    z = torch.cumsum(zero + 1.0, 2) - 1.0\n"
         "    y = torch.cumsum(zero + 1.0, 3) - 1.0\n"
         "    c = torch.cumsum(zero + 1.0, 4) - 1.0\n"
         "    nearest = torch.clamp(torch.round((z - " +
         n(first) + ") / " + n(step) + "), 0, " + std::to_string(count - 1) + ") * " + n(step) + " + " +
         n(first) +
         "\n"
         "    low = zero - 40.0\n"
         "    return torch.cat([zero, body, low, low, low, low, low, low, (nearest - z) * 0.1, (" +
         n(y) + " - y) * 0.1, (" + n(x) + " - c) * 0.1, zero + 0.875], 1)\n";
}

std::string slow(int rounds) {
  return "    a = torch.ones([200, 200]) * 0.005\n"
         "    for i in range(" +
         std::to_string(rounds) +
         "):\n"
         "        a = torch.mm(a, a) * (1.0 + 0.0 * x.mean())\n"
         "    return torch.cat([x * 0.0 + a.mean()] * 12, 1)\n";
}

} // namespace spondyl::test

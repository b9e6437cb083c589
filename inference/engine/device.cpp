#include "inference/engine/device.h"

#include "core/base/process.h"
#include "inference/engine/cuda_driver.h"

#include <charconv>
#include <fstream>
#include <torch/cuda.h>
#include <torch/version.h>

namespace spondyl::inference {
namespace {

/// The program links the CPU library only; the CUDA one is taken along where it is installed. It lies beside
/// the CPU library, where this program's search path leads.
bool cudaLoaded() {
  static const bool loaded = loadLibrary("libtorch_cuda.so");
  return loaded;
}

std::string whyUnusable() {
  if (!cudaLoaded())
    return "this program's LibTorch " TORCH_VERSION
           " computes on the CPU only, or its CUDA libraries are not there";
  return "LibTorch " TORCH_VERSION " cannot use it: it may be too old, or its driver";
}

std::string processorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.size(), line.find(':') + 2));
  return "CPU";
}

double installedMemoryMiB() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  double kib = 0;
  return file >> word >> kib ? kib / 1024.0 : 0; // the first line is MemTotal
}

} // namespace

int usableGpus() {
  // The CUDA library takes a second and some hundred MiB: not where there is nothing to use it on.
  if (installedGpus().empty() || !cudaLoaded())
    return 0;
  try {
    return torch::cuda::is_available() ? int(torch::cuda::device_count()) : 0;
  } catch (const std::exception&) {
    return 0;
  }
}

Result<std::vector<Device>> devicesFor(const std::string& wish, int gpus) {
  using Devices = std::vector<Device>;
  const auto unavailable = [&] { return fail(ErrorCode::DeviceUnavailable, {wish}, "devicesFor"); };
  if (wish == "cpu")
    return Devices{Device{}};
  if (wish == "auto")
    return gpus > 0 ? Devices{Device{true, 0}, Device{}} : Devices{Device{}};
  int index = 0;
  if (wish.starts_with("cuda:")) {
    const char* end = wish.data() + wish.size();
    const auto [stop, error] = std::from_chars(wish.data() + 5, end, index);
    if (error != std::errc() || stop != end || index < 0)
      return unavailable();
  } else if (wish != "cuda") {
    return unavailable();
  }
  if (index >= gpus)
    return unavailable();
  return Devices{Device{true, index}};
}

std::vector<DeviceInfo> listDevices() {
  std::vector<DeviceInfo> out;
  const int usable = usableGpus();
  for (const Gpu& gpu : installedGpus()) {
    const int index = int(out.size());
    out.push_back({{true, index}, gpu.name, gpu.memoryMiB, index < usable ? "" : whyUnusable()});
  }
  out.push_back({{}, processorName(), installedMemoryMiB(), ""});
  return out;
}

} // namespace spondyl::inference

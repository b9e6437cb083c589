#include "inference/engine/device.h"

#include "core/base/process.h"

#include <charconv>
#include <torch/cuda.h>

namespace spondyl::inference {
namespace {

// The program links the CPU library only; the CUDA one is taken along where it is installed.
int cudaDevices() {
  static const bool loaded = loadLibrary("libtorch_cuda.so");
  if (!loaded)
    return 0;
  try {
    return torch::cuda::is_available() ? int(torch::cuda::device_count()) : 0;
  } catch (const std::exception&) {
    return 0;
  }
}

} // namespace

Result<Device> chooseDevice(const std::string& wish) {
  const auto unavailable = [&] { return fail(ErrorCode::DeviceUnavailable, {wish}, "chooseDevice"); };
  if (wish == "cpu")
    return Device{};
  if (wish == "auto")
    return cudaDevices() > 0 ? Device{true, 0} : Device{};
  int index = 0;
  if (wish.starts_with("cuda:")) {
    const char* end = wish.data() + wish.size();
    const auto [stop, error] = std::from_chars(wish.data() + 5, end, index);
    if (error != std::errc() || stop != end || index < 0)
      return unavailable();
  } else if (wish != "cuda") {
    return unavailable();
  }
  if (index >= cudaDevices())
    return unavailable();
  return Device{true, index};
}

} // namespace spondyl::inference

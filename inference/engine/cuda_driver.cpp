#include "inference/engine/cuda_driver.h"

#include "core/base/library.h"

#include <array>

namespace spondyl::inference {

std::vector<Gpu> installedGpus(const std::string& driver) {
  const auto library = SharedLibrary::open(driver);
  if (!library)
    return {};
  // The driver's functions as its documentation has them; 0 is success.
  auto* const init = library->function<int(unsigned)>("cuInit");
  auto* const count = library->function<int(int*)>("cuDeviceGetCount");
  auto* const get = library->function<int(int*, int)>("cuDeviceGet");
  auto* const name = library->function<int(char*, int, int)>("cuDeviceGetName");
  auto* const memory = library->function<int(std::size_t*, int)>("cuDeviceTotalMem_v2");
  int devices = 0;
  if (!init || !count || !get || !name || !memory || init(0) != 0 || count(&devices) != 0)
    return {};
  std::vector<Gpu> gpus;
  for (int index = 0; index < devices; ++index) {
    int handle = 0;
    std::array<char, 256> text{};
    std::size_t bytes = 0;
    if (get(&handle, index) != 0)
      return {};
    if (name(text.data(), int(text.size()) - 1, handle) != 0 || memory(&bytes, handle) != 0)
      bytes = 0; // listed all the same: the index counts
    gpus.push_back({text.data(), double(bytes) / (1024.0 * 1024.0)});
  }
  return gpus;
}

} // namespace spondyl::inference

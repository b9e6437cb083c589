// Which devices there are and what LibTorch's words about them mean. No GPU is needed: the driver is one of
// ours, the words are LibTorch's own.
#include "inference/engine/cuda_driver.h"
#include "inference/engine/device.h"
#include "inference/engine/device_problem.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::inference;

TEST_CASE("a wish for a device means devices to try in order") {
  const Device cpu{}, first{true, 0}, second{true, 1};
  using Devices = std::vector<Device>;
  CHECK(devicesFor("cpu", 2).value() == Devices{cpu});
  CHECK(devicesFor("auto", 0).value() == Devices{cpu});
  CHECK(devicesFor("auto", 2).value() == Devices{first, cpu});
  CHECK(devicesFor("cuda", 2).value() == Devices{first}); // binding
  CHECK(devicesFor("cuda:1", 2).value() == Devices{second});
  CHECK(second.name() == "cuda:1");
}

TEST_CASE("a device that is not there is refused by name") {
  for (const char* wish : {"cuda:2", "cuda:x", "cuda:-1", "cuda:1x", "gpu", ""}) {
    const auto devices = devicesFor(wish, 2);
    REQUIRE_FALSE(devices);
    CHECK(devices.error().code == ErrorCode::DeviceUnavailable);
    CHECK(devices.error().arguments == std::vector<std::string>{wish});
  }
  CHECK_FALSE(devicesFor("cuda", 0));
}

TEST_CASE("the list of devices holds every GPU and ends with the CPU") {
  const auto devices = listDevices();
  REQUIRE_FALSE(devices.empty());
  CHECK(devices.back().device == Device{});
  CHECK(devices.back().memoryMiB > 100);
  CHECK_FALSE(devices.back().description.empty());
  CHECK(devices.back().unusable.empty());
  CHECK(devices.size() == installedGpus().size() + 1);
  if (devices.size() == 1)
    WARN("SKIPPED: no GPU on this machine");
}

TEST_CASE("the driver's GPUs are listed with name and memory, and a missing or unwilling driver is none") {
  const auto gpus = installedGpus(SPONDYL_FAKE_DRIVER);
  REQUIRE(gpus.size() == 2);
  CHECK(gpus[0].name == "Fake GPU 0");
  CHECK(gpus[0].memoryMiB == 8192);
  CHECK(gpus[1].name == "Fake GPU 1"); // its memory is not told
  CHECK(gpus[1].memoryMiB == 0);
  CHECK(installedGpus("libno-such-driver.so.1").empty());
  CHECK(installedGpus("libm.so.6").empty()); // has none of the functions
}

TEST_CASE("LibTorch's words tell a device without memory from a broken one and from a wrong network") {
  const std::string interpreter = "The following operation failed in the TorchScript interpreter.\n"
                                  "Traceback of TorchScript, serialized code (most recent call last):\n"
                                  "  File \"code/__torch__/network.py\", line 12, in forward\n"
                                  "    x = torch.conv3d(x, w)\n        ~~~~~~~~~~~~ <--- HERE\n";
  const std::string memory =
      "CUDA out of memory. Tried to allocate 1.50 GiB. GPU 0 has a total capacity of 10.00 GiB of "
      "which 512.00 MiB is free. Including non-PyTorch memory, this process has 9.40 GiB memory "
      "in use.";
  for (const std::string& words : {memory, interpreter + "RuntimeError: " + memory + "\n"}) {
    const DeviceProblem problem = understood(words, true);
    CHECK(problem.kind == ProblemKind::DeviceMemory);
    CHECK(problem.capacityMiB == 10240);
    CHECK(problem.neededMiB == 10240 - 512 + 1536);
  }
  CHECK(understood("CUDA error: out of memory\nadvice", true).kind == ProblemKind::DeviceMemory);

  const std::string illegal =
      "CUDA error: an illegal memory access was encountered\n"
      "CUDA kernel errors might be asynchronously reported at some other API call, so the "
      "stacktrace below might be incorrect.\nCompile with `TORCH_USE_CUDA_DSA` to enable "
      "device-side assertions.\n";
  for (const std::string& words : {illegal, interpreter + "RuntimeError: " + illegal}) {
    const DeviceProblem problem = understood(words, true);
    CHECK(problem.kind == ProblemKind::Device);
    CHECK(problem.line == "CUDA error: an illegal memory access was encountered");
  }
  CHECK(understood("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", true).kind == ProblemKind::Device);

  const DeviceProblem wrong = understood(interpreter + "RuntimeError: too small\n", true);
  CHECK(wrong.kind == ProblemKind::Network);
  CHECK(wrong.line == "too small");
  CHECK(understood(memory, false).kind == ProblemKind::Network); // no GPU was computing
}

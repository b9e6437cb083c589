#pragma once
// What the worker program can compute on. It is asked as a program: LibTorch and the GPU's driver stay out of
// ours.

#include "inference/client/client.h"

namespace spondyl::inference {

struct ComputeDevice {
  std::string device;      ///< as a request names it: "cpu", "cuda:0"
  std::string description; ///< the product's name
  double memoryMiB = 0;    ///< 0: not told
  std::string unusable;    ///< why networks cannot run on it; empty: they can
};

/// GPUs first, the CPU last. Takes a second or two. Errors: Cancelled, WorkerNotStarted, FileNotWritable.
Result<std::vector<ComputeDevice>> listComputeDevices(ClientOptions options, const std::stop_token& stop);

} // namespace spondyl::inference

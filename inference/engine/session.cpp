#include "inference/engine/session.h"

#include "core/base/parallel.h"
#include "core/base/process.h"
#include "inference/engine/allocator.h"
#include "inference/engine/device_problem.h"

#include <ATen/Parallel.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <thread>
#include <torch/csrc/jit/api/module.h>
#include <torch/script.h>
#include <torch/version.h>
#if TORCH_VERSION_MAJOR >= 2
#include <ATen/DeviceAccelerator.h>
#endif

namespace spondyl::inference {
namespace {

constexpr std::uint64_t networkLimitBytes = std::uint64_t(2) << 30;

Error damaged(const NetworkSpec& spec, std::string what, const char* where) {
  return fail(ErrorCode::ModelDamaged, {spec.name, std::move(what)}, where);
}

Error outOfMemory(std::size_t needed, const char* where) {
  constexpr std::size_t mib = std::size_t(1) << 20;
  const std::size_t allowed = tensorMemoryLimit();
  return fail(ErrorCode::OutOfMemory,
              {std::to_string(needed / mib),
               std::to_string(allowed > 0 ? allowed / mib : std::size_t(availableMemoryMiB()))},
              where);
}

/// Class scores become probabilities in place; `values`: channel by channel. Not LibTorch's softmax: it
/// divides its work by the number of threads, and what lies at the ends of a part is computed by other
/// instructions, so that the last bit would depend on that number (from 2.x on also within a slice). Here
/// every voxel is computed alike.
void softmaxInPlace(float* values, std::int64_t voxels, std::int64_t classes) {
  if (classes < 1)
    return;
  constexpr std::int64_t block = 512; // its classes stay in the first cache
  at::parallel_for(0, (voxels + block - 1) / block, 16, [&](std::int64_t from, std::int64_t to) {
    std::array<float, block> most{}, sum{};
    for (std::int64_t first = from * block; first < std::min(to * block, voxels); first += block) {
      const std::int64_t count = std::min(block, voxels - first);
      std::copy_n(values + first, count, most.begin());
      for (std::int64_t c = 1; c < classes; ++c)
        for (std::int64_t n = 0; n < count; ++n)
          most[n] = std::max(most[n], values[c * voxels + first + n]);
      sum.fill(0);
      for (std::int64_t c = 0; c < classes; ++c)
        for (std::int64_t n = 0; n < count; ++n) {
          float& value = values[c * voxels + first + n];
          value = std::exp(value - most[n]);
          sum[n] += value;
        }
      for (std::int64_t c = 0; c < classes; ++c)
        for (std::int64_t n = 0; n < count; ++n)
          values[c * voxels + first + n] /= sum[n];
    }
  });
}

torch::Device torchDevice(const Device& device) {
  return device.cuda ? torch::Device(torch::kCUDA, c10::DeviceIndex(device.index))
                     : torch::Device(torch::kCPU);
}

torch::ScalarType torchType(Precision precision) {
  switch (precision) {
  case Precision::Float16:
    return torch::kHalf;
  case Precision::BFloat16:
    return torch::kBFloat16;
  case Precision::Float32:
    break;
  }
  return torch::kFloat;
}

/// What LibTorch keeps of the GPU's memory for later goes back, so that smaller tensors find room.
void releaseDeviceMemory() {
#if TORCH_VERSION_MAJOR >= 2
  try {
    at::accelerator::emptyCache();
  } catch (const std::exception&) { // the device is gone
  }
#endif
}

/// What the exception that is being handled means for the network's user.
Error problemOf(const NetworkSpec& spec, const Device& device, const char* where) {
  const std::size_t refused = takeRefusedMemory();
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return outOfMemory(refused, where);
  } catch (const std::exception& problem) {
    if (refused > 0)
      return outOfMemory(refused, where);
    const DeviceProblem found = understood(problem.what(), device.cuda);
    switch (found.kind) {
    case ProblemKind::DeviceMemory:
      releaseDeviceMemory();
      return fail(
          ErrorCode::OutOfMemory,
          {std::to_string(std::lround(found.neededMiB)), std::to_string(std::lround(found.capacityMiB))},
          where);
    case ProblemKind::Device:
      return fail(ErrorCode::DeviceUnavailable, {device.name() + " (" + found.line + ")"}, where);
    case ProblemKind::Network:
      break;
    }
    return damaged(spec, found.line, where);
  }
}

} // namespace

struct Session::Private {
  torch::jit::Module module;
  torch::Tensor output;
};

Session::Session(NetworkSpec spec, Device device, Precision precision)
    : m_spec(std::move(spec)), m_device(device), m_precision(precision), m(std::make_unique<Private>()) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::load(const NetworkSpec& spec, const Device& device,
                                               Precision precision) {
  auto bytes = readFile(spec.file, networkLimitBytes);
  if (!bytes)
    return damaged(spec, "the network's file cannot be read", "Session::load");
  if (sha256Hex(std::string_view(*bytes)) != spec.sha256)
    return damaged(spec, "the network's file has another checksum than its card says", "Session::load");
  try {
    std::unique_ptr<Session> session(new Session(spec, device, precision));
    const c10::InferenceMode inference;
    std::istringstream stream(std::move(*bytes));
    torch::jit::Module module = torch::jit::load(stream, torch::kCPU);
    module.eval();
    module.to(torchType(precision)); // the file may hold another one
    if (device.cuda) {
      // float32 means float32: the yardstick of half precision must not be TF32, which has its 11 bits too.
      // And the same bytes each time.
      at::globalContext().setAllowTF32CuDNN(false);
      at::globalContext().setDeterministicCuDNN(true);
      module.to(torchDevice(device));
      session->m->module = torch::jit::freeze(module);
    } else {
      session->m->module = torch::jit::optimize_for_inference(module);
    }
    return session;
  } catch (const std::exception&) {
    return problemOf(spec, device, "Session::load");
  }
}

Result<std::span<const float>> Session::run(std::span<const float> window, const Shape& shape) {
  const std::array<std::int64_t, 5> expected{1, channels(), shape[0], shape[1], shape[2]};
  try {
    const c10::InferenceMode inference;
    // LibTorch does not write to its input; from_blob merely has no const form.
    torch::Tensor input = torch::from_blob(const_cast<float*>(window.data()),
                                           {1, 1, shape[0], shape[1], shape[2]}, torch::kFloat);
    const auto compute = [&](const torch::Tensor& image) {
      const torch::IValue answer = m->module.forward({image});
      if (!answer.isTensor() || answer.toTensor().sizes() != at::IntArrayRef(expected))
        throw std::runtime_error("its output has not the shape of its card");
      const torch::Tensor found = answer.toTensor();
      const auto classes = std::int64_t(m_spec.classes);
      // A copy in any case: a network may answer with its input.
      torch::Tensor out = torch::empty(expected, torch::kFloat);
      if (m_device.cuda) {
        out.slice(1, 0, classes).copy_(found.slice(1, 0, classes).to(torch::kFloat).softmax(1));
        out.slice(1, classes).copy_(found.slice(1, classes));
      } else {
        out.copy_(found);
        softmaxInPlace(out.data_ptr<float>(), std::int64_t(voxelCount(shape)), classes);
      }
      return out;
    };
    input = input.to(torchDevice(m_device), torchType(m_precision));
    torch::Tensor output = compute(input);
    if (m_spec.mirror) {
      torch::Tensor mirrored = compute(input.flip(4).contiguous()).flip(4);
      if (m_spec.mirrorsSign >= 0)
        mirrored.select(1, m_spec.mirrorsSign).neg_();
      output = output.add(mirrored).mul_(0.5);
    }
    m->output = output.contiguous();
    return std::span<const float>(m->output.data_ptr<float>(), std::size_t(m->output.numel()));
  } catch (const std::exception&) {
    return problemOf(m_spec, m_device, "Session::run");
  }
}

void setComputeThreads(int threads) {
  const int wanted = threads > 0 ? threads : std::max(1, int(std::thread::hardware_concurrency()));
  setThreadCount(wanted);
  at::set_num_threads(wanted);
}

int computeThreads() {
  return at::get_num_threads();
}

} // namespace spondyl::inference

#include "inference/engine/session.h"

#include "core/base/parallel.h"
#include "core/base/process.h"
#include "inference/engine/allocator.h"

#include <ATen/Parallel.h>
#include <sstream>
#include <thread>
#include <torch/csrc/jit/api/module.h>
#include <torch/script.h>

namespace spondyl::inference {
namespace {

constexpr std::uint64_t networkLimitBytes = std::uint64_t(2) << 30;

Error damaged(const NetworkSpec& spec, std::string what, const char* where) {
  return fail(ErrorCode::ModelDamaged, {spec.name, std::move(what)}, where);
}

/// LibTorch's own messages carry its source lines; the first line says what happened. Where its interpreter
/// ran the network, that is the last line.
std::string essence(const std::exception& problem) {
  std::string text = problem.what();
  if (!text.starts_with("The following operation failed"))
    return text.substr(0, text.find('\n'));
  text.erase(text.find_last_not_of('\n') + 1);
  text = text.substr(text.rfind('\n') + 1);
  constexpr std::string_view kind = "RuntimeError: ";
  return text.starts_with(kind) ? text.substr(kind.size()) : text;
}

Error outOfMemory(std::size_t needed, const char* where) {
  constexpr std::size_t mib = std::size_t(1) << 20;
  const std::size_t allowed = tensorMemoryLimit();
  return fail(ErrorCode::OutOfMemory,
              {std::to_string(needed / mib),
               std::to_string(allowed > 0 ? allowed / mib : std::size_t(availableMemoryMiB()))},
              where);
}

/// LibTorch divides a softmax by the number of threads, and what lies at the ends of a part is computed by
/// other instructions: the last bit would depend on that number. Slices do not.
torch::Tensor softmaxBySlices(const torch::Tensor& scores) {
  torch::Tensor out = torch::empty(scores.sizes(), scores.options());
  at::parallel_for(0, scores.size(2), 1, [&](std::int64_t from, std::int64_t to) {
    const c10::InferenceMode inference; // of this thread
    for (std::int64_t z = from; z < to; ++z)
      out.select(2, z).copy_(scores.select(2, z).softmax(1));
  });
  return out;
}

/// What the exception that is being handled means for the network's user.
Error problemOf(const NetworkSpec& spec, const char* where) {
  const std::size_t refused = takeRefusedMemory();
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return outOfMemory(refused, where);
  } catch (const std::exception& problem) {
    return refused > 0 ? outOfMemory(refused, where) : damaged(spec, essence(problem), where);
  }
}

} // namespace

struct Session::Private {
  torch::jit::Module module;
  torch::Tensor output;
};

Session::Session(NetworkSpec spec, Device device)
    : m_spec(std::move(spec)), m_device(device), m(std::make_unique<Private>()) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::load(const NetworkSpec& spec, const Device& device) {
  auto bytes = readFile(spec.file, networkLimitBytes);
  if (!bytes)
    return damaged(spec, "the network's file cannot be read", "Session::load");
  if (sha256Hex(std::string_view(*bytes)) != spec.sha256)
    return damaged(spec, "the network's file has another checksum than its card says", "Session::load");
  try {
    std::unique_ptr<Session> session(new Session(spec, device));
    const c10::InferenceMode inference;
    std::istringstream stream(std::move(*bytes));
    torch::jit::Module module = torch::jit::load(stream, torch::kCPU);
    module.eval();
    module.to(torch::kFloat); // the file may hold half precision, which the CPU computes slowly or not at all
    if (device.cuda) {
      module.to(torch::Device(torch::kCUDA, c10::DeviceIndex(device.index)));
      session->m->module = torch::jit::freeze(module);
    } else {
      session->m->module = torch::jit::optimize_for_inference(module);
    }
    return session;
  } catch (const std::exception&) {
    return problemOf(spec, "Session::load");
  }
}

Result<std::span<const float>> Session::run(std::span<const float> window, const Shape& shape) {
  const std::array<std::int64_t, 5> expected{1, channels(), shape[0], shape[1], shape[2]};
  try {
    const c10::InferenceMode inference;
    // LibTorch does not write to its input; from_blob merely has no const form.
    torch::Tensor input = torch::from_blob(const_cast<float*>(window.data()),
                                           {1, 1, shape[0], shape[1], shape[2]}, torch::kFloat);
    const torch::Device device = m_device.cuda ? torch::Device(torch::kCUDA, c10::DeviceIndex(m_device.index))
                                               : torch::Device(torch::kCPU);
    const auto compute = [&](const torch::Tensor& image) {
      const torch::IValue answer = m->module.forward({image});
      if (!answer.isTensor() || answer.toTensor().sizes() != at::IntArrayRef(expected))
        throw std::runtime_error("its output has not the shape of its card");
      torch::Tensor out = answer.toTensor().to(torch::kFloat);
      const auto classes = std::int64_t(m_spec.classes);
      const torch::Tensor scores = out.slice(1, 0, classes);
      return torch::cat({m_device.cuda ? scores.softmax(1) : softmaxBySlices(scores), out.slice(1, classes)},
                        1);
    };
    input = input.to(device);
    torch::Tensor output = compute(input);
    if (m_spec.mirror) {
      torch::Tensor mirrored = compute(input.flip(4).contiguous()).flip(4);
      if (m_spec.mirrorsSign >= 0)
        mirrored.select(1, m_spec.mirrorsSign).neg_();
      output = output.add(mirrored).mul_(0.5);
    }
    m->output = output.to(torch::kCPU).contiguous();
    return std::span<const float>(m->output.data_ptr<float>(), std::size_t(m->output.numel()));
  } catch (const std::exception&) {
    return problemOf(m_spec, "Session::run");
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

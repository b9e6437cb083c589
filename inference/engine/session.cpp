#include "inference/engine/session.h"

#include "core/base/parallel.h"

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

/// LibTorch's own messages carry its source lines; the first line says what happened.
std::string firstLine(const std::exception& problem) {
  const std::string text = problem.what();
  return text.substr(0, text.find('\n'));
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
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, {"?", "?"}, "Session::load");
  } catch (const std::exception& problem) {
    return damaged(spec, firstLine(problem), "Session::load");
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
      return torch::cat({out.slice(1, 0, classes).softmax(1), out.slice(1, classes)}, 1);
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
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, {"?", "?"}, "Session::run");
  } catch (const std::exception& problem) {
    return damaged(m_spec, firstLine(problem), "Session::run");
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

#include "tests/inference/pipelines_real/zero_network.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/script.h>

namespace spondyl::test {

void writeZeroed(const Path& network, const Path& copy) {
  const torch::NoGradGuard noGradient;
  torch::jit::Module module = torch::jit::load(network.string());
  for (torch::Tensor weight : module.parameters())
    weight.zero_();
  module.save(copy.string());
}

} // namespace spondyl::test

#include "encoders/layers/modulation.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

namespace lidit {

Tensor modulate(const Tensor& x, const Tensor& shift, const Tensor& scale) {
  return at::addcmul(shift, x, scale + 1);
}

ModulationImpl::ModulationImpl(const ModulationOptions& options) : options_(options) {
  const std::int64_t outputs = options.width * options.sublayers * vectors();
  linear = register_module("linear", torch::nn::Linear(options.width, outputs));
  reset();
}

void ModulationImpl::reset() {
  const torch::NoGradGuard no_grad;
  linear->weight.zero_();
  linear->bias.zero_();
  if (options_.gate == GateInit::zero) return;
  // (sub-layer, vector, D): the gate is the last vector of each sub-layer.
  linear->bias.view({options_.sublayers, vectors(), options_.width}).select(1, -1).fill_(1);
}

std::vector<SublayerModulation> ModulationImpl::forward(const Tensor& c) {
  const std::vector<Tensor> parts =
      linear(at::silu(c)).unsqueeze(1).chunk(options_.sublayers * vectors(), -1);  // (B,1,D) each
  std::vector<SublayerModulation> sublayers;
  for (auto part = parts.begin(); part != parts.end(); part += vectors()) {
    if (options_.shift_and_scale) {
      sublayers.push_back({part[0], part[1], part[2]});
    } else {
      sublayers.push_back({{}, {}, part[0]});
    }
  }
  return sublayers;
}

}  // namespace lidit

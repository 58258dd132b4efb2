#include "encoders/layers/modulation.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

namespace lidit {

double gate_value(GateInit init) {
  switch (init) {
    case GateInit::zero:
      return 0;
    case GateInit::one:
      return 1;
    case GateInit::hundredth:
      return 0.01;
  }
  TORCH_CHECK(false, "no such start of gates");
}

Tensor modulate(const Tensor& x, const Tensor& shift, const Tensor& scale) {
  return at::addcmul(shift, x, scale + 1);
}

Tensor SublayerModulation::enter(const Tensor& x) const {
  return shift.defined() ? modulate(x, shift, scale) : x;
}

Tensor SublayerModulation::leave(const Tensor& x, const Tensor& y) const {
  return gate.defined() ? at::addcmul(x, gate, y) : x + y;
}

ModulationImpl::ModulationImpl(const ModulationOptions& options) : options_(options) {
  const std::int64_t outputs = options.width * options.sublayers * vectors();
  if (options.constant)
    bias = register_parameter("bias", at::zeros({outputs}));
  else
    linear = register_module("linear", torch::nn::Linear(options.width, outputs));
  reset();
}

void ModulationImpl::reset() {
  const torch::NoGradGuard no_grad;
  if (!options_.constant) linear->weight.zero_();
  Tensor start = options_.constant ? bias : linear->bias;
  start.zero_();
  if (!options_.gates) return;
  // (sub-layer, vector, D): the gate is the last vector of each sub-layer.
  start.view({options_.sublayers, vectors(), options_.width})
      .select(1, -1)
      .fill_(gate_value(options_.gate));
}

std::vector<SublayerModulation> ModulationImpl::forward(const Tensor& c) {
  const Tensor joined = options_.constant ? bias.unsqueeze(0) : linear(at::silu(c));
  const std::vector<Tensor> parts =
      joined.unsqueeze(1).chunk(options_.sublayers * vectors(), -1);  // (B,1,D) each
  std::vector<SublayerModulation> sublayers;
  for (auto part = parts.begin(); part != parts.end(); part += vectors()) {
    SublayerModulation& sublayer = sublayers.emplace_back();
    if (options_.shift_and_scale) {
      sublayer.shift = part[0];
      sublayer.scale = part[1];
    }
    if (options_.gates) sublayer.gate = part[vectors() - 1];
  }
  return sublayers;
}

}  // namespace lidit

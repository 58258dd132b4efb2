#include "harness/backbone/final_layer.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "encoders/layers/modulation.h"
#include "harness/backbone/lidit_block.h"

namespace lidit {

FinalLayerImpl::FinalLayerImpl(std::int64_t width, std::int64_t outputs)
    : modulation(register_module("modulation", torch::nn::Linear(width, 2 * width))),
      proj(register_module("proj", torch::nn::Linear(width, outputs))) {}

Tensor FinalLayerImpl::forward(const Tensor& x, const Tensor& y) {
  const auto parts = modulation(at::silu(y)).unsqueeze(1).chunk(2, -1);  // shift, scale (B,1,D)
  return proj(modulate(plain_layer_norm(x), parts[0], parts[1]));
}

void FinalLayerImpl::reset() {
  const c10::NoGradGuard no_grad;
  for (Tensor& parameter : parameters()) parameter.zero_();
}

}  // namespace lidit

#include "encoders/strategies/layer_weights.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

namespace lidit {

LayerWeightsImpl::LayerWeightsImpl(std::int64_t readers, std::int64_t layers)
    : logits(register_parameter("logits", at::zeros({readers, layers}))) {}

Tensor LayerWeightsImpl::forward(const Tensor& layers) {
  TORCH_CHECK(layers.dim() == 3 && layers.size(0) == logits.size(1), "weights of ", logits.size(1),
              " layers, states of ", layers.sizes());
  const Tensor weights = logits.softmax(-1);                               // (G,K)
  const Tensor states = layers.to(logits.device(), logits.scalar_type());  // (K,S,D)
  const Tensor mixed = at::matmul(weights, states.flatten(1));             // (G,S D)
  return mixed.view({logits.size(0), states.size(1), states.size(2)});
}

void LayerWeightsImpl::reset() {
  const torch::NoGradGuard no_grad;
  logits.zero_();
}

void LayerWeightsImpl::freeze(bool frozen) { logits.set_requires_grad(!frozen); }

}  // namespace lidit

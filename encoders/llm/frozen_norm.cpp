#include "encoders/llm/frozen_norm.h"

#include <ATen/ATen.h>

namespace lidit {

FrozenNorm::FrozenNorm(const NamedWeights& weights, const std::string& name, double epsilon,
                       at::ScalarType dtype, c10::Device device)
    : weight_(weights.read(name + ".weight", dtype).to(device)),
      bias_(weights.read(name + ".bias", dtype).to(device)),
      epsilon_(epsilon) {}

Tensor FrozenNorm::operator()(const Tensor& x) const {
  return at::layer_norm(x, weight_.sizes(), weight_, bias_, epsilon_);
}

}  // namespace lidit

#include "harness/training/gradients.h"

#include <ATen/ATen.h>

namespace lidit {

Tensor clip_gradients(const std::vector<Tensor>& parameters, double max_norm) {
  std::vector<Tensor> gradients;
  for (const Tensor& parameter : parameters)
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  TORCH_CHECK(!gradients.empty(), "no parameter has a gradient");
  const Tensor norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients)));
  at::_foreach_mul_(gradients, (max_norm / (norm + 1e-6)).clamp_max_(1));
  return norm;
}

void clear_gradients(const std::vector<Tensor>& parameters) {
  for (const Tensor& parameter : parameters) parameter.mutable_grad() = Tensor();
}

}  // namespace lidit

// Weights as a trained network has them: nothing at zero.
#pragma once
#include <torch/nn/module.h>

#include "harness/training/draws.h"

namespace lidit {

/// Adds normal noise to every parameter, so that no term of the equations is multiplied by zero.
inline void randomize(torch::nn::Module& module, double deviation) {
  const torch::NoGradGuard no_grad;
  for (auto& item : module.named_parameters())
    item.value().add_(normal_tensor(Philox(11, item.key()), item.value().sizes()), deviation);
}

}  // namespace lidit

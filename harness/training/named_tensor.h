// Tensors with their names: what optimisers are built from and what a checkpoint holds.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace lidit {

using at::Tensor;

/// A handle: the tensor of a module, an optimiser or an EMA itself, not a copy.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};
using NamedTensors = std::vector<NamedTensor>;

}  // namespace lidit

// Weights for measuring: shapes are real, values are a block of normal draws over and over, because
// drawing billions of them would take longer than what is measured.
#pragma once
#include <torch/nn/module.h>

#include <string_view>
#include <vector>

#include "encoders/llm/named_weights.h"

namespace lidit {

/// Fills `out` with copies of one block of normal draws of standard deviation `deviation`.
void fill_tiled(const Tensor& out, double deviation);

/// Gives every parameter with two dimensions or more values of standard deviation 0.02, also where
/// training starts at zero: nothing that is timed is multiplied by zero.
void fill_matrices(torch::nn::Module& module);

/// A language model's: matrices with variance 1 / columns, norms one, other vectors zero.
class TiledWeights : public NamedWeights {
 public:
  explicit TiledWeights(std::vector<ExpectedTensor> expected) : expected_(std::move(expected)) {}
  Tensor read(std::string_view name, at::ScalarType dtype) const override;
  Tensor read_joined(std::span<const std::string> names, at::ScalarType dtype) const override;

 private:
  std::vector<ExpectedTensor> expected_;
};

}  // namespace lidit

// Keyed initialisation: what a parameter starts as depends on the seed and on its own name alone.
#pragma once
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <string_view>

namespace lidit {

using at::Tensor;

/// Fills every parameter of `module` from Philox(seed, stream = "prefix.name"), so that equal names
/// and shapes start equal whatever else exists. Matrices and convolutions (two dimensions or more):
/// Xavier-uniform; biases: zeros; other vectors called "weight" (norms): ones; a Modulation: its
/// own reset(). A parameter with another name and one dimension has no rule and fails. What wants
/// to start otherwise (tables, zero projections) is overwritten afterwards.
void initialize(torch::nn::Module& module, std::uint64_t seed, std::string_view prefix);

/// Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010). `parameter` (out, in, ...).
void fill_xavier_uniform(const Tensor& parameter, std::uint64_t seed, std::string_view stream);

/// Normal with mean 0 and the given standard deviation.
void fill_normal(const Tensor& parameter, double deviation, std::uint64_t seed,
                 std::string_view stream);

}  // namespace lidit

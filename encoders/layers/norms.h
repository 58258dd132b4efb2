// Root-mean-square and layer normalisation over the last dimension.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/normalization.h>

#include <cstdint>

namespace lidit {

using at::Tensor;

constexpr double kNormEpsilon = 1e-6;

/// x / sqrt(mean(x^2) + eps) over the last dimension, computed and returned in fp32 at least
/// (fp64 stays fp64).
Tensor rms_normalize(const Tensor& x);

/// rms_normalize times a learned weight (Zhang and Sennrich 2019).
class RMSNormImpl : public torch::nn::Module {
 public:
  explicit RMSNormImpl(std::int64_t width);
  Tensor forward(const Tensor& x);  // (..., width) -> (..., width)

  Tensor weight;  // (width)
};
TORCH_MODULE(RMSNorm);

/// torch's LayerNorm with weight and bias and this project's epsilon.
torch::nn::LayerNorm layer_norm(std::int64_t width);

}  // namespace lidit

// The time of diffusion as a vector.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>

namespace lidit {

using at::Tensor;

constexpr std::int64_t kTimestepFrequencies = 256;

/// cos and sin of 1000 t at geometric frequencies from 1 to 1/10000. t (B) in [0,1];
/// returns (B,features) fp32, cosines first; `features` is even.
Tensor sinusoids(const Tensor& t, std::int64_t features);

/// Linear(SiLU(Linear(sinusoids(t)))) as in DiT. t (B) -> (B,D).
class TimestepEmbeddingImpl : public torch::nn::Module {
 public:
  explicit TimestepEmbeddingImpl(std::int64_t width);
  Tensor forward(const Tensor& t);

  torch::nn::Linear fc1{nullptr}, fc2{nullptr};
};
TORCH_MODULE(TimestepEmbedding);

}  // namespace lidit

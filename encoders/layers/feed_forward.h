// The position-wise network of a transformer block.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>

namespace lidit {

using at::Tensor;

constexpr std::int64_t kFeedForwardRatio = 4;

/// fc2(gelu(fc1(x))) with `inner` units inside, four times the width if not said, biases on, GELU
/// in its tanh form.
class FeedForwardImpl : public torch::nn::Module {
 public:
  explicit FeedForwardImpl(std::int64_t width);
  FeedForwardImpl(std::int64_t width, std::int64_t inner);
  Tensor forward(const Tensor& x);  // (...,D) -> (...,D)

  torch::nn::Linear fc1{nullptr}, fc2{nullptr};
};
TORCH_MODULE(FeedForward);

}  // namespace lidit

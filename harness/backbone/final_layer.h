// From the last block's states to patches.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>

namespace lidit {

using at::Tensor;

/// proj(modulate(norm(x))), shift and scale from the condition, as in DiT.
class FinalLayerImpl : public torch::nn::Module {
 public:
  /// `outputs`: values of a patch.
  FinalLayerImpl(std::int64_t width, std::int64_t outputs);
  Tensor forward(const Tensor& x, const Tensor& y);  // (B,N,D), (B,D) -> (B,N,outputs)
  /// Everything zero: an untrained backbone says zero. What `initialize` is followed by.
  void reset();

  torch::nn::Linear modulation{nullptr}, proj{nullptr};
};
TORCH_MODULE(FinalLayer);

}  // namespace lidit

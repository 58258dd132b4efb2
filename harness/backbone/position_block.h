// The convolutional position embedding: zero padding tells a patch where it is.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/normalization.h>

#include <cstdint>

namespace lidit {

using at::Tensor;

/// Groups of the normalisations: 32 as usual, fewer where a group would have under 8 channels.
std::int64_t position_groups(std::int64_t width);

/// One residual block right after the patch embedding (paper section 3.2; order of operations and
/// zero padding are this project's decision): x + conv(silu(norm(conv(silu(norm(x)))))), 3 x 3.
/// The second convolution starts at zero, the block as the identity. Any resolution.
class PositionBlockImpl : public torch::nn::Module {
 public:
  explicit PositionBlockImpl(std::int64_t width);
  /// x (B,N,D) of N = rows * columns patches -> (B,N,D).
  Tensor forward(const Tensor& x, std::int64_t rows, std::int64_t columns);

  torch::nn::GroupNorm norm1{nullptr}, norm2{nullptr};
  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr};
};
TORCH_MODULE(PositionBlock);

}  // namespace lidit

// Several encoders joined along channels instead of tokens.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <vector>

#include "encoders/refiners/collaborative_refiner.h"

namespace lidit {

/// Two tokenizers cut a caption into unlike tokens, so that only the first encoder keeps its own;
/// the others come as the mean of theirs (channel concat): every token of the
/// first becomes Linear([token; mean of encoder 1; ...]).
class ChannelJoinImpl : public torch::nn::Module {
 public:
  ChannelJoinImpl(std::int64_t encoders, std::int64_t width);
  /// The mean is over each branch's mask; without a token it is zero. Returns (B,T,D), T of the
  /// first branch, zeros on its padding.
  Tensor forward(const std::vector<RefinerBranch>& branches);

  torch::nn::Linear map{nullptr};
};
TORCH_MODULE(ChannelJoin);

}  // namespace lidit

#include "encoders/refiners/channel_join.h"

#include <ATen/ATen.h>

namespace lidit {
namespace {

/// (B,D), in the tokens' type.
Tensor mean_token(const RefinerBranch& branch) {
  const Tensor real = branch.mask.unsqueeze(2).to(branch.tokens.scalar_type());
  return (branch.tokens * real).sum(1) / real.sum(1).clamp_min(1);
}

}  // namespace

ChannelJoinImpl::ChannelJoinImpl(std::int64_t encoders, std::int64_t width)
    : map(register_module("map", torch::nn::Linear(encoders * width, width))) {}

Tensor ChannelJoinImpl::forward(const std::vector<RefinerBranch>& branches) {
  const RefinerBranch& first = branches.front();
  const Packing packing(first.mask);
  std::vector<Tensor> channels = {packing.pack(first.tokens)};  // (S,D) each
  for (std::size_t i = 1; i < branches.size(); ++i)
    channels.push_back(packing.spread(mean_token(branches[i]).unsqueeze(1)));
  return packing.pad(map(at::cat(channels, 1)));
}

}  // namespace lidit

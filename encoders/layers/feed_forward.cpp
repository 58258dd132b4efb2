#include "encoders/layers/feed_forward.h"

#include <ATen/ATen.h>

namespace lidit {

FeedForwardImpl::FeedForwardImpl(std::int64_t width)
    : FeedForwardImpl(width, kFeedForwardRatio * width) {}

FeedForwardImpl::FeedForwardImpl(std::int64_t width, std::int64_t inner)
    : fc1(register_module("fc1", torch::nn::Linear(width, inner))),
      fc2(register_module("fc2", torch::nn::Linear(inner, width))) {}

Tensor FeedForwardImpl::forward(const Tensor& x) { return fc2(at::gelu(fc1(x), "tanh")); }

}  // namespace lidit

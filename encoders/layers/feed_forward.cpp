#include "encoders/layers/feed_forward.h"

#include <ATen/ATen.h>

namespace lidit {

FeedForwardImpl::FeedForwardImpl(std::int64_t width)
    : fc1(register_module("fc1", torch::nn::Linear(width, kFeedForwardRatio * width))),
      fc2(register_module("fc2", torch::nn::Linear(kFeedForwardRatio * width, width))) {}

Tensor FeedForwardImpl::forward(const Tensor& x) { return fc2(at::gelu(fc1(x), "tanh")); }

}  // namespace lidit

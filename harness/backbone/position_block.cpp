#include "harness/backbone/position_block.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace lidit {
namespace {

torch::nn::GroupNorm group_norm(std::int64_t width) {
  return torch::nn::GroupNorm(torch::nn::GroupNormOptions(position_groups(width), width).eps(1e-6));
}

torch::nn::Conv2d convolution(std::int64_t width) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(width, width, 3).padding(1));
}

}  // namespace

std::int64_t position_groups(std::int64_t width) {
  return std::gcd(width, std::clamp<std::int64_t>(width / 8, 1, 32));
}

PositionBlockImpl::PositionBlockImpl(std::int64_t width)
    : norm1(register_module("norm1", group_norm(width))),
      norm2(register_module("norm2", group_norm(width))),
      conv1(register_module("conv1", convolution(width))),
      conv2(register_module("conv2", convolution(width))) {}

Tensor PositionBlockImpl::forward(const Tensor& x, std::int64_t rows, std::int64_t columns) {
  const Tensor grid = x.transpose(1, 2).unflatten(2, {rows, columns});  // (B,D,rows,columns)
  const Tensor inner = conv1(at::silu(norm1(grid)));
  const Tensor change = conv2(at::silu(norm2(inner)));
  return x + change.flatten(2).transpose(1, 2);
}

}  // namespace lidit

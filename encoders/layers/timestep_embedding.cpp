#include "encoders/layers/timestep_embedding.h"

#include <ATen/ATen.h>

#include <cmath>

namespace lidit {

Tensor sinusoids(const Tensor& t, std::int64_t features) {
  TORCH_CHECK(t.dim() == 1 && features % 2 == 0, "t must be (B) and features even, got ", t.sizes(),
              " and ", features);
  constexpr double kTimeScale = 1000, kMaxPeriod = 10000;
  const std::int64_t half = features / 2;
  const Tensor index = at::arange(half, t.options().dtype(at::kFloat));
  const Tensor frequencies = (index * (-std::log(kMaxPeriod) / static_cast<double>(half))).exp();
  const Tensor angles = (t.to(at::kFloat) * kTimeScale).unsqueeze(1) * frequencies;  // (B,half)
  return at::cat({angles.cos(), angles.sin()}, 1);
}

TimestepEmbeddingImpl::TimestepEmbeddingImpl(std::int64_t width)
    : fc1(register_module("fc1", torch::nn::Linear(kTimestepFrequencies, width))),
      fc2(register_module("fc2", torch::nn::Linear(width, width))) {}

Tensor TimestepEmbeddingImpl::forward(const Tensor& t) {
  return fc2(at::silu(fc1(sinusoids(t, kTimestepFrequencies).to(fc1->weight.scalar_type()))));
}

}  // namespace lidit

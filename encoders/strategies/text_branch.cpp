#include "encoders/strategies/text_branch.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

#include <algorithm>

#include "encoders/layers/norms.h"

namespace lidit {
namespace {

constexpr std::int64_t kRowsAtOnce = 4096;  // bounds the memory of fit()
constexpr double kVarianceFloor = 1e-6;     // a dimension that never changes stays small

// The states of the one layer that was kept, (S,D).
Tensor only_layer(const Tensor& layers) {
  TORCH_CHECK(layers.dim() == 3 && layers.size(0) == 1,
              "one hidden state a token is wanted, (1,S,D), got ", layers.sizes());
  return layers[0];
}

}  // namespace

PooledProjectionImpl::PooledProjectionImpl(std::int64_t features, std::int64_t width)
    : fc1(register_module("fc1", torch::nn::Linear(features, width))),
      fc2(register_module("fc2", torch::nn::Linear(width, width))) {}

Tensor PooledProjectionImpl::forward(const Tensor& pooled) { return fc2(at::silu(fc1(pooled))); }

TextBranchImpl::TextBranchImpl(const TextBranchOptions& options)
    : feature_norm_(options.feature_norm) {
  projection =
      register_module("projection", torch::nn::Linear(options.encoder_width, options.width));
  pooled_projection =
      register_module("pooled_projection", PooledProjection(options.encoder_width, options.width));
  if (feature_norm_ == FeatureNorm::standardized) {
    feature_mean_ = register_buffer("feature_mean", at::zeros({options.encoder_width}));
    feature_scale_ = register_buffer("feature_scale", at::ones({options.encoder_width}));
  }
  if (options.refiner.depth == 0) return;
  refiner = register_module("refiner", LinguisticTokenRefiner(LinguisticTokenRefinerOptions{
                                           .width = options.width,
                                           .heads = options.heads,
                                           .depth = options.refiner.depth,
                                           .mask = options.refiner.mask,
                                           .gate = options.refiner.gate}));
}

void TextBranchImpl::fit(const EncoderFeatures& training) {
  if (feature_norm_ != FeatureNorm::standardized) return;
  const torch::NoGradGuard no_grad;
  const Tensor states = only_layer(training.layers);  // (S,D_llm)
  Tensor sum = at::zeros_like(feature_mean_, at::kDouble), squares = at::zeros_like(sum);
  for (const Tensor& rows : states.split(kRowsAtOnce)) {
    const Tensor x = rms_normalize(rows.to(sum.device())).to(at::kDouble);
    sum += x.sum(0);
    squares += x.square().sum(0);
  }
  const auto count = static_cast<double>(std::max<std::int64_t>(states.size(0), 1));
  const Tensor mean = sum / count;
  const Tensor variance = (squares / count - mean.square()).clamp_min(0);
  feature_mean_.copy_(mean);
  feature_scale_.copy_((variance + kVarianceFloor).rsqrt());
}

Tensor TextBranchImpl::normalize(const Tensor& layers) const {
  const Tensor x = only_layer(layers).to(projection->weight.device());
  if (feature_norm_ == FeatureNorm::none)
    return x.to(at::promote_types(x.scalar_type(), at::kFloat));
  const Tensor unit = rms_normalize(x);
  if (feature_norm_ == FeatureNorm::rms) return unit;
  return (unit - feature_mean_) * feature_scale_;
}

NormalizedStates TextBranchImpl::normalize(const EncoderFeatures& features) const {
  return {normalize(features.layers), normalize(features.prefix)};
}

Tensor TextBranchImpl::project(const NormalizedStates& states, const TokenLayout& layout) {
  // Rows are mapped while they are packed: no work on padding, and none twice on the prefix.
  const auto type = projection->weight.scalar_type();
  const Tensor tokens = projection(states.tokens.to(type));
  const Tensor prefix = projection(states.prefix.to(type));
  const Tensor rows = at::cat({prefix, tokens, tokens.new_zeros({1, tokens.size(1)})});
  const Tensor padded = rows.index_select(0, layout.rows.flatten());
  return padded.view({layout.rows.size(0), layout.rows.size(1), -1});
}

Tensor TextBranchImpl::pool(const NormalizedStates& states, const Tensor& offsets) {
  const auto unit = [&](const Tensor& x) {
    return feature_norm_ == FeatureNorm::none ? rms_normalize(x) : x;
  };
  const Tensor tokens = unit(states.tokens), prefix = unit(states.prefix);
  const Tensor lengths = offsets.to(tokens.device()).diff();  // (B)
  const Tensor prompt_of_row =
      at::repeat_interleave(at::arange(lengths.size(0), lengths.options()), lengths);
  const Tensor sums = prefix.sum(0, /*keepdim=*/true)
                          .repeat({lengths.size(0), 1})
                          .index_add_(0, prompt_of_row, tokens);
  const Tensor mean = sums / (lengths + prefix.size(0)).clamp_min(1).unsqueeze(1);
  return pooled_projection(mean.to(pooled_projection->fc1->weight.options()));
}

}  // namespace lidit

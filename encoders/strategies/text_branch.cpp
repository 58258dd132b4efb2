#include "encoders/strategies/text_branch.h"

#include <ATen/ATen.h>

#include "encoders/layers/norms.h"

namespace lidit {
namespace {

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
  if (options.refiner.depth == 0) return;
  refiner = register_module("refiner", LinguisticTokenRefiner(LinguisticTokenRefinerOptions{
                                           .width = options.width,
                                           .heads = options.heads,
                                           .depth = options.refiner.depth,
                                           .mask = options.refiner.mask,
                                           .gate = options.refiner.gate}));
}

Tensor TextBranchImpl::adapt(const Tensor& states) {
  const Tensor x = states.to(projection->weight.device());
  const Tensor scaled = feature_norm_ == FeatureNorm::rms ? rms_normalize(x) : x;
  return projection(scaled.to(projection->weight.scalar_type()));
}

Tensor TextBranchImpl::project(const EncoderFeatures& features, const TokenLayout& layout) {
  // Rows are mapped while they are packed: no work on padding, and none twice on the prefix.
  const Tensor tokens = adapt(only_layer(features.layers));
  const Tensor prefix = adapt(only_layer(features.prefix));
  const Tensor rows = at::cat({prefix, tokens, tokens.new_zeros({1, tokens.size(1)})});
  const Tensor padded = rows.index_select(0, layout.rows.flatten());
  return padded.view({layout.rows.size(0), layout.rows.size(1), -1});
}

Tensor TextBranchImpl::pool(const EncoderFeatures& features) {
  const Tensor tokens = rms_normalize(only_layer(features.layers));  // (S,D_llm)
  const Tensor prefix = rms_normalize(only_layer(features.prefix));  // (P,D_llm)
  const Tensor lengths = features.offsets.diff();                    // (B)
  const Tensor prompt_of_row =
      at::repeat_interleave(at::arange(lengths.size(0), lengths.options()), lengths);
  const Tensor sums = prefix.sum(0, /*keepdim=*/true)
                          .repeat({lengths.size(0), 1})
                          .index_add_(0, prompt_of_row, tokens);
  const Tensor mean = sums / (lengths + prefix.size(0)).clamp_min(1).unsqueeze(1);
  return pooled_projection(mean.to(pooled_projection->fc1->weight.options()));
}

}  // namespace lidit

#include "encoders/strategies/text_branch.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

#include <algorithm>

#include "encoders/layers/norms.h"

namespace lidit {
namespace {

constexpr std::int64_t kRowsAtOnce = 4096;     // bounds the memory of fit()
constexpr double kVarianceFloor = 1e-6;        // a dimension that never changes stays small
constexpr double kInitialFeatureScale = 0.01;  // SANA, arXiv 2410.10629

}  // namespace

PooledProjectionImpl::PooledProjectionImpl(std::int64_t features, std::int64_t width)
    : fc1(register_module("fc1", torch::nn::Linear(features, width))),
      fc2(register_module("fc2", torch::nn::Linear(width, width))) {}

Tensor PooledProjectionImpl::forward(const Tensor& pooled) { return fc2(at::silu(fc1(pooled))); }

TextBranchImpl::TextBranchImpl(const TextBranchOptions& options)
    : feature_norm_(options.feature_norm),
      layer_freeze_at_(options.layer_freeze_at),
      conditioning_(options.refiner.conditioning),
      refines_states_(options.refiner.depth > 0 && options.refiner.width == RefinerWidth::encoder),
      timed_(options.adapter.kind == AdapterKind::timed_resampler) {
  const auto [encoder_width, width, heads] = options.shape;
  if (is_trained(options.mix)) {
    const std::int64_t readers = options.mix == LayerMix::per_block ? options.blocks : 1;
    layer_weights = register_module("layer_weights", LayerWeights(readers, options.layers));
  }
  register_feature_norm(encoder_width);
  projection = register_module("projection", torch::nn::Linear(encoder_width, width));
  if (options.adapter.kind == AdapterKind::mlp)
    projection_out = register_module("projection_out", torch::nn::Linear(width, width));
  if (options.pools)
    pooled_projection =
        register_module("pooled_projection", PooledProjection(encoder_width, width));
  if (options.refiner.depth > 0)
    refiner = register_module(
        "refiner", LinguisticTokenRefiner(refiner_options(options.refiner, options.shape)));
  if (refines_states_ && (reads_time(conditioning_) || reads_text(conditioning_)))
    condition_projection =
        register_module("condition_projection", torch::nn::Linear(width, encoder_width));
  if (is_resampler(options.adapter))
    resampler =
        register_module("resampler", Resampler(resampler_options(options.adapter, options.shape)));
}

void TextBranchImpl::register_feature_norm(std::int64_t width) {
  if (feature_norm_ == FeatureNorm::affine_layer_norm)
    feature_layer_norm = register_module("feature_norm", layer_norm(width));
  if (feature_norm_ == FeatureNorm::scaled_rms)
    feature_rms_norm = register_module("feature_norm", RMSNorm(width));
  if (feature_norm_ != FeatureNorm::standardized) return;
  feature_mean_ = register_buffer("feature_mean", at::zeros({width}));
  feature_scale_ = register_buffer("feature_scale", at::ones({width}));
}

void TextBranchImpl::reset() {
  const torch::NoGradGuard no_grad;
  if (layer_weights) layer_weights->reset();
  if (feature_rms_norm) feature_rms_norm->weight.fill_(kInitialFeatureScale);
}

void TextBranchImpl::progress(double fraction) {
  if (layer_weights && layer_freeze_at_ < 1) layer_weights->freeze(fraction >= layer_freeze_at_);
}

void TextBranchImpl::fit(const EncoderFeatures& training) {
  if (feature_norm_ != FeatureNorm::standardized) return;
  const torch::NoGradGuard no_grad;
  Tensor sum = at::zeros_like(feature_mean_, at::kDouble), squares = at::zeros_like(sum);
  std::int64_t count = 0;
  for (const Tensor& layers : training.layers.split(kRowsAtOnce, 1)) {
    const Tensor mixed = mix(layers);
    const Tensor x = rms_normalize(mixed.flatten(0, -2)).to(at::kDouble);
    sum += x.sum(0);
    squares += x.square().sum(0);
    count += x.size(0);
  }
  const auto rows = static_cast<double>(std::max<std::int64_t>(count, 1));
  const Tensor mean = sum / rows;
  const Tensor variance = (squares / rows - mean.square()).clamp_min(0);
  feature_mean_.copy_(mean);
  feature_scale_.copy_((variance + kVarianceFloor).rsqrt());
}

Tensor TextBranchImpl::mix(const Tensor& layers) {
  if (!layer_weights) {
    TORCH_CHECK(layers.dim() == 3 && layers.size(0) == 1,
                "one hidden state a token is wanted, (1,S,D), got ", layers.sizes());
    return layers[0].to(projection->weight.device());
  }
  const Tensor mixed = layer_weights(layers);
  return mixed.size(0) == 1 ? mixed[0] : mixed;
}

Tensor TextBranchImpl::normalize(const Tensor& layers) {
  const Tensor mixed = mix(layers);
  const Tensor x = mixed.to(at::promote_types(mixed.scalar_type(), at::kFloat));
  switch (feature_norm_) {
    case FeatureNorm::none:
      return x;
    case FeatureNorm::rms:
      return rms_normalize(x);
    case FeatureNorm::layer_norm:
      return at::layer_norm(x, {x.size(-1)}, {}, {}, kNormEpsilon);
    case FeatureNorm::affine_layer_norm:
      return feature_layer_norm(x.to(feature_layer_norm->weight.scalar_type()));
    case FeatureNorm::scaled_rms:
      return feature_rms_norm(x.to(feature_rms_norm->weight.scalar_type()));
    case FeatureNorm::standardized:
      return (rms_normalize(x) - feature_mean_) * feature_scale_;
  }
  TORCH_CHECK(false, "no such feature norm: ", static_cast<int>(feature_norm_));
}

NormalizedStates TextBranchImpl::normalize(const EncoderFeatures& features) {
  return {normalize(features.layers), normalize(features.prefix)};
}

Tensor TextBranchImpl::adapt(const Tensor& rows) {
  const Tensor mapped = projection(rows);
  return projection_out ? projection_out(at::gelu(mapped, "tanh")) : mapped;
}

Tensor TextBranchImpl::project(const NormalizedStates& states, const TokenLayout& layout) {
  // Rows are mapped while they are packed: no work on padding, and none twice on the prefix.
  const auto type = projection->weight.scalar_type();
  const auto map = [&](const Tensor& x) { return refines_states_ ? x : adapt(x); };
  const Tensor tokens = map(states.tokens.to(type));
  const Tensor prefix = map(states.prefix.to(type));
  const Tensor rows = at::constant_pad_nd(at::cat({prefix, tokens}, -2), {0, 0, 0, 1});  // (..,D)
  return rows.index_select(-2, layout.rows.flatten()).unflatten(-2, layout.rows.sizes());
}

bool TextBranchImpl::depends_on_time() const {
  return (refiner && reads_time(conditioning_)) || timed_;
}

Tensor TextBranchImpl::gate_condition(const Tensor& time, const Tensor& text) {
  Tensor c;
  if (reads_time(conditioning_) && reads_text(conditioning_))
    c = time + text;
  else if (reads_time(conditioning_))
    c = time;
  else if (reads_text(conditioning_))
    c = text;
  return condition_projection ? condition_projection(c) : c;
}

Tensor TextBranchImpl::refine(const Tensor& tokens, const Tensor& mask, const Tensor& time,
                              const Tensor& text) {
  if (resampler) return resampler(tokens, mask, time);
  if (!refiner) return tokens;
  const Tensor refined = refiner(tokens, mask, gate_condition(time, text));
  if (!refines_states_) return refined;
  const Packing packing(mask);
  return packing.pad(adapt(packing.pack(refined)));
}

Tensor TextBranchImpl::pool(const NormalizedStates& states, const EncoderFeatures& features,
                            PooledRows rows) {
  const bool at_own_scale =
      feature_norm_ == FeatureNorm::none || feature_norm_ == FeatureNorm::scaled_rms;
  const auto unit = [&](const Tensor& x) {  // (S,D_llm) or (G,S,D_llm) -> (S,D_llm)
    const Tensor scaled = at_own_scale ? rms_normalize(x) : x;
    return scaled.dim() == 3 ? scaled.mean(0) : scaled;
  };
  Tensor tokens = unit(states.tokens), prefix = unit(states.prefix);
  const Tensor offsets = features.offsets.to(tokens.device());
  Tensor lengths = offsets.diff();  // (B)
  const Tensor prompt_of_row =
      at::repeat_interleave(at::arange(lengths.size(0), lengths.options()), lengths);
  if (rows != PooledRows::all) {
    TORCH_CHECK(rows == PooledRows::caption || lengths.gt(0).all().item<bool>(),
                "a prompt without rows has no last one");
    const Tensor first = rows == PooledRows::last
                             ? lengths - 1
                             : features.caption_begin.to(tokens.device());  // (B) row of its prompt
    const Tensor row = at::arange(tokens.size(0), lengths.options());       // (S)
    const Tensor begin = (offsets.slice(0, 0, -1) + first).index_select(0, prompt_of_row);
    tokens = tokens.masked_fill((row < begin).unsqueeze(1), 0);
    prefix = prefix.slice(0, 0, 0);
    lengths = lengths - first;
  }
  const Tensor sums = prefix.sum(0, /*keepdim=*/true)
                          .repeat({lengths.size(0), 1})
                          .index_add_(0, prompt_of_row, tokens);
  const Tensor mean = sums / (lengths + prefix.size(0)).clamp_min(1).unsqueeze(1);
  return pooled_projection(mean.to(pooled_projection->fc1->weight.options()));
}

}  // namespace lidit

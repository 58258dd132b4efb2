#include "encoders/strategies/composed_conditioner.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

#include <cmath>

#include "encoders/layers/init.h"

namespace lidit {
namespace {

TokenLayout to_device(TokenLayout layout, c10::Device device) {
  for (Tensor* x : {&layout.rows, &layout.mask, &layout.caption, &layout.token, &layout.begin})
    *x = x->to(device);
  return layout;
}

}  // namespace

ComposedConditioner::ComposedConditioner(const StrategySettings& settings,
                                         const std::vector<std::int64_t>& encoder_widths,
                                         const BuildContext& context)
    : encoders(register_module("encoders", torch::nn::ModuleList())),
      encoder_count_(encoder_widths.size()),
      crop_(settings.crop) {
  TORCH_CHECK(settings.encoders.size() == encoder_widths.size(), "settings of ",
              settings.encoders.size(), " encoders, widths of ", encoder_widths.size());
  const bool shared = settings.fusion.shared_adapters;
  for (const std::int64_t width : encoder_widths)
    TORCH_CHECK(!shared || width == encoder_widths[0], "encoders of widths ", encoder_widths,
                " cannot share an adapter");
  for (std::size_t i = 0; i < (shared ? 1 : encoder_count_); ++i) {
    const EncoderPart& part = settings.encoders[i];
    encoders->push_back(
        TextBranch(TextBranchOptions{.shape = {.encoder_width = encoder_widths[i],
                                               .width = context.width,
                                               .heads = context.heads},
                                     .feature_norm = part.feature_norm,
                                     .mix = part.source.layer_mix,
                                     .layers = std::ssize(part.source.kept_layers()),
                                     .blocks = context.depth,
                                     .layer_freeze_at = part.layer_freeze_at,
                                     .adapter = settings.adapter,
                                     .refiner = settings.refiner,
                                     .pools = reads_pooled_text(settings, context.pooled_text)}));
  }
  build_fusion(settings.fusion, context);
  null_tokens = register_parameter("null_tokens", at::zeros({1, context.width}));
  if (context.pooled_text)
    null_pooled = register_parameter("null_pooled", at::zeros({1, context.width}));
  initialize(*this, context.seed, "conditioner");
  const torch::NoGradGuard no_grad;
  // A token of norm 1; no text in the modulation.
  fill_normal(null_tokens, 1 / std::sqrt(static_cast<double>(context.width)), context.seed,
              "conditioner.null_tokens");
  if (context.pooled_text) null_pooled.zero_();
  for (const auto& branch : *encoders) branch->as<TextBranch>()->reset();
  to(context.device, context.dtype);
}

void ComposedConditioner::build_fusion(const FusionSettings& settings,
                                       const BuildContext& context) {
  const auto count = static_cast<std::int64_t>(encoder_count_);
  if (settings.blocks > 0)
    fusion = register_module("fusion", CollaborativeRefiner(fusion_options(
                                           settings, count, context.width, context.heads)));
  fusion_is_modulated_ = fusion && settings.modulated;
  if (settings.join == FusionJoin::channels)
    channel_join = register_module("channel_join", ChannelJoin(count, context.width));
}

TextBranchImpl& ComposedConditioner::branch_of(std::size_t encoder) const {
  return *encoders->ptr(encoders->size() == 1 ? 0 : encoder)->as<TextBranch>();
}

/// What is cropped before anything trained reads it has no part in the pooled text either.
PooledRows ComposedConditioner::pooled_rows_of(const EncoderFeatures& features) const {
  if (features.pools_last_row) return PooledRows::last;
  return crop_ == PrefixCrop::before_refiner ? PooledRows::caption : PooledRows::all;
}

void ComposedConditioner::fit(const FrozenFeatures& training) {
  for (std::size_t i = 0; i < encoders->size(); ++i) branch_of(i).fit(training[i]);
}

void ComposedConditioner::progress(double fraction) {
  for (const auto& branch : *encoders) branch->as<TextBranch>()->progress(fraction);
}

bool ComposedConditioner::depends_on_time() const {
  return branch_of(0).depends_on_time() || fusion_is_modulated_;
}

RefinerBranch ComposedConditioner::refine(const NormalizedStates& states, TextBranchImpl& branch,
                                          const Tensor& time, const Tensor& text,
                                          TokenLayout& layout) const {
  Tensor tokens = branch.project(states, layout);  // (B,T,D)
  if (crop_ == PrefixCrop::before_refiner) crop_prefix(tokens, layout);
  if (crop_ == PrefixCrop::none) layout.caption = layout.mask;
  tokens = branch.refine(tokens, layout.mask, time, text);
  if (branch.resampler)
    layout = resampled_layout(layout, tokens.size(1));
  else if (crop_ == PrefixCrop::after_refiner)
    crop_prefix(tokens, layout);
  return {tokens, layout.mask, fusion_is_modulated_ ? time + text : Tensor{}};
}

Conditioning ComposedConditioner::condition(const FrozenFeatures& features,
                                            const Tensor& time_embedding, const Tensor& keep) {
  TORCH_CHECK(features.size() == encoder_count_, "built for ", encoder_count_,
              " encoders, got features of ", features.size());
  std::vector<TokenLayout> layouts;
  std::vector<RefinerBranch> branches;
  Tensor pooled;  // (B,D), summed over encoders
  for (std::size_t i = 0; i < features.size(); ++i) {
    TextBranchImpl& branch = branch_of(i);
    const NormalizedStates states = branch.normalize(features[i]);
    Tensor text;  // (B,D)
    if (branch.pooled_projection)
      text = branch.pool(states, features[i], pooled_rows_of(features[i]));
    layouts.push_back(to_device(token_layout(features[i]), null_tokens.device()));
    branches.push_back(refine(states, branch, time_embedding, text, layouts.back()));
    pooled = pooled.defined() ? pooled + text : text;
  }
  if (fusion) branches = fusion(std::move(branches));
  if (channel_join) join_channels(branches, layouts);

  std::vector<Tensor> refined;
  for (const RefinerBranch& branch : branches) refined.push_back(branch.tokens);
  const CaptionTokens captions = crop_to_captions(refined, layouts, keep, null_tokens);
  if (null_pooled.defined())
    pooled = at::where(captions.empty.unsqueeze(1), null_pooled, pooled);
  else
    pooled = at::zeros_like(null_tokens).expand({keep.size(0), -1});
  const bool per_block = captions.tokens.dim() == 4;
  return {per_block ? captions.tokens : captions.tokens.unsqueeze(0), captions.mask, pooled,
          captions.source};
}

void ComposedConditioner::join_channels(std::vector<RefinerBranch>& branches,
                                        std::vector<TokenLayout>& layouts) {
  for (std::size_t i = 0; i < branches.size(); ++i) branches[i].mask = layouts[i].caption;
  branches.front().tokens = channel_join(branches);
  branches.resize(1);
  layouts.resize(1);
}

}  // namespace lidit

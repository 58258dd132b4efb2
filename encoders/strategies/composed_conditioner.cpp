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
    : encoders(register_module("encoders", torch::nn::ModuleList())), crop_(settings.crop) {
  TORCH_CHECK(settings.encoders.size() == encoder_widths.size(), "settings of ",
              settings.encoders.size(), " encoders, widths of ", encoder_widths.size());
  for (std::size_t i = 0; i < encoder_widths.size(); ++i) {
    const EncoderPart& part = settings.encoders[i];
    encoders->push_back(
        TextBranch(TextBranchOptions{.encoder_width = encoder_widths[i],
                                     .width = context.width,
                                     .heads = context.heads,
                                     .feature_norm = part.feature_norm,
                                     .mix = part.source.layer_mix,
                                     .layers = std::ssize(part.source.kept_layers()),
                                     .blocks = context.depth,
                                     .layer_freeze_at = part.layer_freeze_at,
                                     .refiner = settings.refiner}));
  }
  if (settings.fusion.blocks > 0)
    fusion =
        register_module("fusion", CollaborativeRefiner(CollaborativeRefinerOptions{
                                      .width = context.width,
                                      .heads = context.heads,
                                      .encoders = static_cast<std::int64_t>(encoder_widths.size()),
                                      .depth = settings.fusion.blocks,
                                      .gate = settings.fusion.gate}));
  null_tokens = register_parameter("null_tokens", at::zeros({1, context.width}));
  null_pooled = register_parameter("null_pooled", at::zeros({1, context.width}));
  initialize(*this, context.seed, "conditioner");
  const torch::NoGradGuard no_grad;
  // A token of norm 1; no text in the modulation.
  fill_normal(null_tokens, 1 / std::sqrt(static_cast<double>(context.width)), context.seed,
              "conditioner.null_tokens");
  null_pooled.zero_();
  for (const auto& branch : *encoders) branch->as<TextBranch>()->reset();
  to(context.device, context.dtype);
}

void ComposedConditioner::fit(const FrozenFeatures& training) {
  for (std::size_t i = 0; i < training.size(); ++i)
    encoders->ptr(i)->as<TextBranch>()->fit(training[i]);
}

void ComposedConditioner::progress(double fraction) {
  for (const auto& branch : *encoders) branch->as<TextBranch>()->progress(fraction);
}

bool ComposedConditioner::depends_on_time() const {
  const bool refined = !encoders->ptr(0)->as<TextBranch>()->refiner.is_empty();
  return refined || !fusion.is_empty();
}

Conditioning ComposedConditioner::condition(const FrozenFeatures& features,
                                            const Tensor& time_embedding, const Tensor& keep) {
  TORCH_CHECK(features.size() == encoders->size(), "built for ", encoders->size(),
              " encoders, got features of ", features.size());
  std::vector<TokenLayout> layouts;
  std::vector<RefinerBranch> branches;
  Tensor pooled;  // (B,D), summed over encoders
  for (std::size_t i = 0; i < features.size(); ++i) {
    auto& branch = *encoders->ptr(i)->as<TextBranch>();
    layouts.push_back(to_device(token_layout(features[i]), null_tokens.device()));
    const NormalizedStates states = branch.normalize(features[i]);
    const Tensor text = branch.pool(states, features[i].offsets);  // (B,D)
    const Tensor c = depends_on_time() ? time_embedding + text : Tensor{};
    Tensor tokens = branch.project(states, layouts[i]);  // (B,T,D), or (G,B,T,D)
    if (crop_ == PrefixCrop::before_refiner) crop_prefix(tokens, layouts.back());
    if (branch.refiner) tokens = branch.refiner(tokens, layouts[i].mask, c);
    if (crop_ == PrefixCrop::after_refiner) crop_prefix(tokens, layouts.back());
    if (crop_ == PrefixCrop::none) layouts.back().caption = layouts.back().mask;
    branches.push_back({tokens, layouts[i].mask, c});
    pooled = pooled.defined() ? pooled + text : text;
  }
  if (fusion) branches = fusion(std::move(branches));

  std::vector<Tensor> refined;
  for (const RefinerBranch& branch : branches) refined.push_back(branch.tokens);
  const CaptionTokens captions = crop_to_captions(refined, layouts, keep, null_tokens);
  const bool per_block = captions.tokens.dim() == 4;
  return {per_block ? captions.tokens : captions.tokens.unsqueeze(0), captions.mask,
          at::where(captions.empty.unsqueeze(1), null_pooled, pooled), captions.source};
}

}  // namespace lidit

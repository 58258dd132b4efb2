#include "harness/readout/readout.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "encoders/layers/init.h"

namespace lidit {
namespace {

using scenes::Attribute;

constexpr double kQueryDeviation = 0.5;  // as of the position table of small backbones

Tensor normalize_queries(const Tensor& x) { return at::layer_norm(x, {x.size(-1)}); }

/// The attributes that the readout decides.
bool is_read(const scenes::Preset& preset, Attribute attribute) {
  return attribute != Attribute::place &&
         (attribute == Attribute::shape || preset.concept_count(attribute) > 1);
}

}  // namespace

ReadoutImpl::ReadoutImpl(const ReadoutOptions& options, const scenes::Preset& preset)
    : heads_{torch::nn::Linear(nullptr), torch::nn::Linear(nullptr), torch::nn::Linear(nullptr),
             torch::nn::Linear(nullptr), torch::nn::Linear(nullptr)} {
  queries_ = register_parameter("queries", at::zeros({preset.places(), options.width}));
  for (std::int64_t i = 0; i < options.depth; ++i) {
    Block block;
    block.attention = register_module(
        fmt::format("attention_{}", i),
        Attention(AttentionOptions{.width = options.width, .heads = options.heads}));
    block.feed_forward =
        register_module(fmt::format("feed_forward_{}", i), FeedForward(options.width));
    blocks_.push_back(block);
  }
  for (const Attribute attribute : scenes::kAllAttributes) {
    if (!is_read(preset, attribute)) continue;
    const std::int64_t empty = attribute == Attribute::shape ? 1 : 0;
    heads_[scenes::number(attribute)] =
        register_module(std::string(scenes::name(attribute)),
                        torch::nn::Linear(options.width, preset.concept_count(attribute) + empty));
  }
  initialize(*this, options.seed, "readout");
  fill_normal(queries_, kQueryDeviation, options.seed, "readout.queries");
}

std::array<Tensor, scenes::kAttributes> ReadoutImpl::forward(const Conditioning& conditioning) {
  const auto text = conditioning.tokens.unbind(0);  // G of (B,T,D)
  TORCH_CHECK(text.size() == 1 || text.size() == blocks_.size(), "a readout of ", blocks_.size(),
              " blocks cannot read ", text.size(), " texts");
  const Tensor bias =
      attention_bias(conditioning.mask, AttentionPattern::full, conditioning.tokens.scalar_type());
  Tensor x = queries_.expand({text.front().size(0), -1, -1});  // (B,P,D)
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Tensor& read = text[text.size() == 1 ? 0 : i];
    x = x + blocks_[i].attention(normalize_queries(x), read, bias);
    x = x + blocks_[i].feed_forward(normalize_queries(x));
  }
  x = normalize_queries(x);
  std::array<Tensor, scenes::kAttributes> logits;
  for (std::size_t k = 0; k < heads_.size(); ++k)
    if (heads_[k]) logits[k] = heads_[k](x);
  return logits;
}

std::array<Tensor, scenes::kAttributes> readout_targets(const scenes::Preset& preset,
                                                        std::span<const scenes::Scene> scenes) {
  std::array<Tensor, scenes::kAttributes> targets;
  for (const Attribute attribute : scenes::kAllAttributes) {
    if (!is_read(preset, attribute)) continue;
    const std::int64_t empty =
        attribute == Attribute::shape ? preset.concept_count(attribute) : kEmptyPlace;
    Tensor target =
        at::full({static_cast<std::int64_t>(scenes.size()), preset.places()}, empty, at::kLong);
    auto values = target.accessor<std::int64_t, 2>();
    for (std::size_t i = 0; i < scenes.size(); ++i)
      for (const scenes::Object& object : scenes[i].objects)
        values[static_cast<std::int64_t>(i)][object[Attribute::place]] = object[attribute];
    targets[scenes::number(attribute)] = target;
  }
  return targets;
}

Tensor readout_loss(const std::array<Tensor, scenes::kAttributes>& logits,
                    const std::array<Tensor, scenes::kAttributes>& targets) {
  Tensor loss;
  for (std::size_t k = 0; k < logits.size(); ++k) {
    if (!logits[k].defined()) continue;
    const Tensor one = at::cross_entropy_loss(logits[k].flatten(0, 1), targets[k].flatten(), {},
                                              at::Reduction::Mean, kEmptyPlace);
    loss = loss.defined() ? loss + one : one;
  }
  return loss;
}

std::vector<scenes::Scene> most_likely(const scenes::Preset& preset,
                                       const std::array<Tensor, scenes::kAttributes>& logits) {
  const std::int64_t batch = logits[scenes::number(Attribute::shape)].size(0);
  std::array<Tensor, scenes::kAttributes> best;
  for (std::size_t k = 0; k < logits.size(); ++k)
    if (logits[k].defined()) best[k] = logits[k].argmax(-1).to(at::kCPU);  // (B,P)
  std::vector<scenes::Scene> scenes(static_cast<std::size_t>(batch));
  for (std::int64_t i = 0; i < batch; ++i)
    for (int place = 0; place < preset.places(); ++place) {
      scenes::Object object;
      for (const Attribute attribute : scenes::kAllAttributes)
        if (const Tensor& found = best[scenes::number(attribute)]; found.defined())
          object[attribute] = static_cast<int>(found[i][place].item<std::int64_t>());
      if (object[Attribute::shape] == preset.concept_count(Attribute::shape)) continue;  // empty
      object[Attribute::place] = place;
      scenes[static_cast<std::size_t>(i)].objects.push_back(object);
    }
  return scenes;
}

}  // namespace lidit

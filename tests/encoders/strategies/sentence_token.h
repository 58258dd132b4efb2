// The whole prompt as one token: does the backbone need words at all?
#pragma once
#include <ATen/ATen.h>
#include <torch/nn/modules/linear.h>

#include "encoders/layers/init.h"
#include "encoders/layers/norms.h"
#include "encoders/strategies/settings.h"
#include "encoders/strategy_table.h"

namespace lidit {

/// map(mean of the prompt's normalised states), for every caption that is kept; a learned null
/// otherwise.
class SentenceToken : public Conditioner {
 public:
  SentenceToken(std::int64_t encoder_width, const BuildContext& context)
      : map(register_module("map", torch::nn::Linear(encoder_width, context.width))),
        null_token(register_parameter("null_token", at::zeros({1, context.width}))) {
    initialize(*this, context.seed, "conditioner");  // from the seed and the names above
    to(context.device, context.dtype);
  }

  Conditioning condition(const FrozenFeatures& features, const Tensor& /*time_embedding*/,
                         const Tensor& keep) override {
    const EncoderFeatures& encoder = features.at(0);
    const auto device = map->weight.device();
    const Tensor states = rms_normalize(encoder.layers[0].to(device));  // (S,D_llm), packed
    const Tensor lengths = encoder.offsets.diff().to(device);           // (B)
    const Tensor mean = at::segment_reduce(states, "mean", lengths, {}, {}, 0, false, 0);
    const Tensor token =
        at::where(keep.unsqueeze(1), map(mean.to(map->weight.scalar_type())), null_token);  // (B,D)
    return {.tokens = token.unsqueeze(1).unsqueeze(0),  // (1,B,1,D)
            .mask = at::ones({token.size(0), 1}, token.options().dtype(at::kBool)),
            .pooled = at::zeros_like(token),
            .source = at::full({token.size(0), 1, 2}, -1, lengths.options())};
  }
  bool depends_on_time() const override { return false; }

  torch::nn::Linear map{nullptr};
  Tensor null_token;  // (1,D)
};

inline Strategy make_sentence_token(const Fields& fields, const BuildContext& context) {
  const StrategySettings settings = parse_strategy_settings(fields);
  auto source = open_encoder(settings.encoders.at(0).source, context.home, context.device);
  auto conditioner = std::make_shared<SentenceToken>(source->widths().at(0), context);
  return {std::move(source), std::move(conditioner)};
}

}  // namespace lidit

// The smallest conditioner with something to learn: one linear layer over the frozen states, and a
// learned null. It counts how often and for how many rows it is asked.
#pragma once
#include <ATen/ATen.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <vector>

#include "encoders/conditioner.h"
#include "encoders/layers/init.h"
#include "harness/training/draws.h"

namespace lidit {

/// Random features of `prompts` captions of `tokens` tokens each.
inline FrozenFeatures random_features(std::int64_t prompts, std::int64_t tokens,
                                      std::int64_t width) {
  return {{.layers = normal_tensor(Philox(21, "features"), {1, prompts * tokens, width}),
           .offsets = at::arange(prompts + 1, at::kLong) * tokens,
           .prefix = at::zeros({1, 0, width}),
           .caption_begin = at::zeros({prompts}, at::kLong),
           .spans = at::zeros({prompts * tokens, 2}, at::kLong)}};
}

class LinearConditioner : public Conditioner {
 public:
  struct Options {
    std::int64_t text_width, width;
    bool depends_on_time = false;  // then the time embedding is added to the tokens
  };
  explicit LinearConditioner(const Options& options)
      : linear(register_module("linear", torch::nn::Linear(options.text_width, options.width))),
        null_token(register_parameter("null_token", at::zeros({1, options.width}))),
        null_pooled(register_parameter("null_pooled", at::zeros({1, options.width}))),
        options_(options) {
    initialize(*this, 1, "conditioner");
  }

  Conditioning condition(const FrozenFeatures& features, const Tensor& time_embedding,
                         const Tensor& keep) override {
    calls.push_back(keep.size(0));
    const std::int64_t batch = keep.size(0);
    const Tensor rows = linear(features[0].layers[0]);
    Tensor tokens = rows.view({batch, -1, rows.size(-1)});
    const Tensor kept = keep.view({-1, 1});
    Tensor pooled = at::where(kept, tokens.mean(1), null_pooled);
    tokens = at::where(kept.unsqueeze(-1), tokens, null_token);
    if (options_.depends_on_time) tokens = tokens + time_embedding.unsqueeze(1);
    return {.tokens = tokens.unsqueeze(0),
            .mask = at::ones({batch, tokens.size(1)}, at::kBool),
            .pooled = pooled,
            .source = at::zeros({batch, tokens.size(1), 2}, at::kLong)};
  }
  bool depends_on_time() const override { return options_.depends_on_time; }

  torch::nn::Linear linear{nullptr};
  Tensor null_token, null_pooled;
  std::vector<std::int64_t> calls;  // rows of each call of condition

 private:
  Options options_;
};

}  // namespace lidit

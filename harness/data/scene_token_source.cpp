#include "harness/data/scene_token_source.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "results/errors.h"

namespace lidit {

SceneTokenSource::SceneTokenSource(const WorldData& data) : width_(data.world.scene_token_width()) {
  for (std::int64_t i = 0; i < data.training_prompts; ++i) {
    const scenes::Example example = data.world.example("train", i);
    tokens_.emplace(example.caption.text, data.world.scene_tokens(example.scene));
  }
  for (const EvaluationSplit& split : data.splits)
    for (const scenes::Example& example : split.examples)
      tokens_.emplace(example.caption.text, data.world.scene_tokens(example.scene));
}

FrozenFeatures SceneTokenSource::encode(std::span<const Prompt> prompts) const {
  std::vector<float> rows;
  std::vector<std::int64_t> offsets{0};
  for (const Prompt& prompt : prompts) {
    const auto found = tokens_.find(prompt.text);
    if (found == tokens_.end())
      throw UserError(fmt::format("scene tokens exist only for captions of the drawn world: '{}'",
                                  prompt.text));
    rows.insert(rows.end(), found->second.begin(), found->second.end());
    offsets.push_back(static_cast<std::int64_t>(rows.size()) / width_);
  }
  const std::int64_t count = offsets.back();
  EncoderFeatures features;
  features.layers = at::tensor(rows).view({1, count, width_});
  features.offsets = at::tensor(offsets);
  features.prefix = at::empty({1, 0, width_});
  features.caption_begin = at::zeros({static_cast<std::int64_t>(prompts.size())}, at::kLong);
  features.spans = at::zeros({count, 2}, at::kLong);
  return {features};
}

}  // namespace lidit

#include "harness/evaluation.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

namespace lidit {

Tensor draw_split(const EulerSampler& sampler, const FrozenFeatures& features,
                  const EvaluationSplit& split, std::int64_t prompts) {
  const auto count = std::min(prompts, static_cast<std::int64_t>(split.examples.size()));
  std::vector<SampleKey> keys;
  for (std::int64_t i = 0; i < count; ++i)
    keys.push_back({.prompt = fmt::format("{}/{}", split.name, i)});
  const Tensor indices = at::arange(split.first_prompt, split.first_prompt + count, at::kLong);
  return sampler.sample(select_prompts(features, indices), keys);
}

SplitResult read_back(const WorldData& data, const EvaluationSplit& split, Tensor images) {
  SplitResult result{.split = split.name, .scores = {}, .found = {}, .images = std::move(images)};
  for (std::int64_t i = 0; i < result.images.size(0); ++i) {
    const scenes::Reading reading = data.world.read(to_image(result.images[i]));
    result.scores.push_back(scenes::score(
        data.world.preset(), split.examples[static_cast<std::size_t>(i)].caption, reading));
    result.found.push_back(scenes::in_words(data.world.preset(), reading.objects()));
  }
  return result;
}

namespace {

Fields prompt_row(const EvaluationSplit& split, std::size_t i, const scenes::PromptScore& score) {
  const scenes::Example& example = split.examples[i];
  Fields row{{"id", fmt::format("{}/{}", split.name, example.index)},
             {"split", split.name},
             {"structure", example.caption.structure},
             {"category", std::string(scenes::name(example.caption.category))},
             {"caption", example.caption.text},
             {"set", example.set},
             {"rotation", std::int64_t{example.rotation}},
             {"prompt", score.all},
             {"extra", score.extra}};
  double binding = 0;
  for (std::size_t k = 0; k < score.claims.size(); ++k) {
    row.emplace(fmt::format("claim.{}.binding", k + 1), score.claims[k].binding);
    binding += score.claims[k].binding;
  }
  row.emplace("binding", binding / static_cast<double>(score.claims.size()));
  return row;
}

}  // namespace

void append_scores(const scenes::World& world, const EvaluationSplit& split,
                   const std::vector<scenes::PromptScore>& scores,
                   const std::vector<std::string>& found, std::vector<Measurement>& measurements,
                   std::vector<Fields>& rows) {
  for (const auto& [name, value] : scenes::summarise(scores))
    measurements.push_back({.name = split.name + "." + name,
                            .value = value,
                            .unit = "fraction",
                            .n = static_cast<std::int64_t>(scores.size()),
                            .higher_is_better = name != "extra"});
  for (std::size_t i = 0; i < scores.size(); ++i) {
    Fields row = prompt_row(split, i, scores[i]);
    row.emplace("wanted", scenes::in_words(world.preset(), split.examples[i].scene.objects));
    if (!found.empty()) row.emplace("found", found.at(i));
    rows.push_back(std::move(row));
  }
}

}  // namespace lidit

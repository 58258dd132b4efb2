#include "harness/model.h"

#include "encoders/strategies/composed_conditioner.h"
#include "encoders/strategies/settings.h"
#include "harness/data/scene_token_source.h"

namespace lidit {
namespace {

/// One linear map from exact tokens: what a perfect encoder would be worth.
Strategy make_scene_tokens(const WorldData& data, const BuildContext& context) {
  Strategy strategy;
  strategy.source = std::make_shared<SceneTokenSource>(data);
  StrategySettings settings;
  settings.encoders.emplace_back().feature_norm = FeatureNorm::none;
  strategy.conditioner =
      std::make_shared<ComposedConditioner>(settings, strategy.source->widths(), context);
  return strategy;
}

Strategy make_strategy(const ExperimentSettings& settings, const WorldData& data,
                       const BuildContext& context) {
  if (settings.strategy == kSceneTokens) return make_scene_tokens(data, context);
  return find_strategy(settings.strategy).make(settings.resolved, context);
}

}  // namespace

Strategy build_strategy(const ExperimentSettings& settings, const WorldData& data,
                        const std::filesystem::path& home, c10::Device device) {
  const LiDiTOptions& size = settings.backbone;
  Strategy strategy = make_strategy(settings, data,
                                    {.width = size.width,
                                     .depth = size.depth,
                                     .heads = size.heads,
                                     .seed = settings.seed,
                                     .device = device,
                                     .dtype = at::kFloat,
                                     .home = home,
                                     .pooled_text = size.pooled_text});
  strategy.conditioner->to(device);
  return strategy;
}

Model build_model(const ExperimentSettings& settings, const WorldData& data,
                  const std::filesystem::path& home, c10::Device device) {
  Model model{.backbone = LiDiT(settings.backbone),
              .strategy = build_strategy(settings, data, home, device)};
  model.backbone->to(device);
  return model;
}

Measurement parameter_measurement(const std::string& part, const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const Tensor& parameter : module.parameters()) count += parameter.numel();
  return {.name = "parameters." + part, .value = static_cast<double>(count), .unit = ""};
}

}  // namespace lidit

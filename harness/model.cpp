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

Model build_model(const ExperimentSettings& settings, const WorldData& data,
                  const std::filesystem::path& home, c10::Device device) {
  const LiDiTOptions& size = settings.backbone;
  const BuildContext context{.width = size.width,
                             .depth = size.depth,
                             .heads = size.heads,
                             .seed = settings.seed,
                             .device = device,
                             .dtype = at::kFloat,
                             .home = home,
                             .pooled_text = size.pooled_text};
  Model model{.backbone = LiDiT(size), .strategy = make_strategy(settings, data, context)};
  model.backbone->to(device);
  model.strategy.conditioner->to(device);
  return model;
}

}  // namespace lidit

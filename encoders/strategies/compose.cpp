#include "encoders/strategies/compose.h"

#include <utility>
#include <vector>

#include "encoders/strategies/composed_conditioner.h"
#include "encoders/strategies/joint_source.h"
#include "encoders/strategies/settings.h"

namespace lidit {

Strategy compose(const Fields& fields, const BuildContext& context) {
  const StrategySettings settings = parse_strategy_settings(fields);
  std::vector<std::shared_ptr<const FeatureSource>> sources;
  for (const EncoderPart& encoder : settings.encoders)
    sources.push_back(open_encoder(encoder.source, context.home, context.device));
  auto source = std::make_shared<JointSource>(std::move(sources));
  auto conditioner = std::make_shared<ComposedConditioner>(settings, source->widths(), context);
  return {std::move(source), std::move(conditioner)};
}

}  // namespace lidit

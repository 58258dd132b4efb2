#include "encoders/strategies/compose.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "encoders/strategies/composed_conditioner.h"
#include "encoders/strategies/joint_source.h"
#include "encoders/strategies/settings.h"

namespace lidit {

Strategy compose(const Fields& fields, const BuildContext& context) {
  const StrategySettings settings = parse_strategy_settings(fields);
  std::vector<std::shared_ptr<const FeatureSource>> sources;
  for (const EncoderPart& encoder : settings.encoders) {
    const auto same =
        std::find_if(settings.encoders.begin(), settings.encoders.end(),
                     [&](const EncoderPart& other) { return other.source == encoder.source; });
    const auto first = static_cast<std::size_t>(same - settings.encoders.begin());
    sources.push_back(first < sources.size()
                          ? sources[first]
                          : open_encoder(encoder.source, context.home, context.device));
  }
  auto source = std::make_shared<JointSource>(std::move(sources));
  auto conditioner = std::make_shared<ComposedConditioner>(settings, source->widths(), context);
  return {std::move(source), std::move(conditioner)};
}

}  // namespace lidit

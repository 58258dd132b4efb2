#include "encoders/strategy_table.h"

#include "encoders/strategies/compose.h"
#include "encoders/strategies/settings.h"
#include "results/names.h"

namespace lidit {
namespace {

constexpr StrategyEntry kStrategies[] = {
    {"raw-llm", "one encoder, no instruction, linear adapter", raw_llm_defaults, compose},
    {"instruction-guided", "the paper's instruction in front of the caption, cropped",
     instruction_guided_defaults, compose},
    {"bidirectional-refiner", "linguistic token refiner (2 blocks) over one encoder",
     bidirectional_refiner_defaults, compose},
    {"multi-llm-fusion",
     "two encoders, instruction on causal ones, a refiner on each, collaborative refiner (1 block)",
     multi_llm_fusion_defaults, compose},
};

}  // namespace

std::span<const StrategyEntry> strategy_table() { return kStrategies; }

const StrategyEntry& find_strategy(std::string_view name) {
  return find_named("strategy", name, kStrategies);
}

}  // namespace lidit

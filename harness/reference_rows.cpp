#include "harness/reference_rows.h"

#include "harness/evaluation.h"
#include "metrics/scenes/oracles.h"

namespace lidit {
namespace {

scenes::Oracle oracle_of(std::string_view strategy) {
  if (strategy == kChance) return scenes::Oracle::chance;
  if (strategy == kBagOracle) return scenes::Oracle::bag;
  TORCH_CHECK(strategy == kVerifier, "no reference row called ", strategy);
  return scenes::Oracle::truth;
}

}  // namespace

void run_untrained(const ExperimentSettings& settings, const WorldData& data,
                   ExperimentResult& result) {
  for (const EvaluationSplit& split : data.splits)
    append_scores(data.world, split,
                  scenes::oracle_scores(data.world, split.name,
                                        static_cast<std::int64_t>(split.examples.size()),
                                        oracle_of(settings.strategy)),
                  {}, result.record.measurements, result.prompts);
}

}  // namespace lidit

#include "harness/reference_rows.h"

#include "harness/evaluation.h"
#include "harness/external_metrics.h"
#include "metrics/scenes/oracles.h"

namespace lidit {
namespace {

scenes::Oracle oracle_of(std::string_view strategy) {
  if (strategy == kChance) return scenes::Oracle::chance;
  if (strategy == kBagOracle) return scenes::Oracle::bag;
  TORCH_CHECK(strategy == kVerifier, "no reference row called ", strategy);
  return scenes::Oracle::truth;
}

/// The verifier's row has the true pictures; the other rows have none.
void append_external_scores(const ExperimentSettings& settings, const WorldData& data,
                            const ExperimentContext& context, ExperimentResult& result) {
  if (settings.strategy == kVerifier) {
    std::vector<SplitImages> images;
    for (const EvaluationSplit& split : data.splits)
      images.push_back({&split, true_images(data, split.examples)});
    return lidit::append_external_scores(settings, images, context, result);
  }
  append_no_images(settings, data, result);
}

}  // namespace

void run_untrained(const ExperimentSettings& settings, const WorldData& data,
                   const ExperimentContext& context, ExperimentResult& result) {
  for (const EvaluationSplit& split : data.splits)
    append_scores(data.world, split,
                  scenes::oracle_scores(data.world, split.name,
                                        static_cast<std::int64_t>(split.examples.size()),
                                        oracle_of(settings.strategy)),
                  {}, result.record.measurements, result.prompts);
  append_external_scores(settings, data, context, result);
}

}  // namespace lidit

// Images of a split's prompts, read back and scored.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "harness/data/world_data.h"
#include "harness/sampling/euler_sampler.h"
#include "metrics/scenes/score.h"
#include "results/fields.h"
#include "results/record.h"

namespace lidit {

struct SplitResult {
  std::string split;
  std::vector<scenes::PromptScore> scores;  // by example
  std::vector<std::string> found;           // what the verifier sees, in words
  Tensor images;                            // (N,3,H,W)
};

/// Images (N,3,H,W) of the first `prompts` examples of `split` (all of them if there are fewer).
/// The noise of an example depends on split and index alone, so that every strategy starts from the
/// same.
Tensor draw_split(const EulerSampler& sampler, const FrozenFeatures& features,
                  const EvaluationSplit& split, std::int64_t prompts);

/// Reads images (N,3,H,W) of the first examples of `split` back and scores them, whoever drew them.
SplitResult read_back(const WorldData& data, const EvaluationSplit& split, Tensor images);

/// Adds the split's means to `measurements` ("structures.binding", "structures.binding.position.2",
/// ...) and one raw row per example to `rows`: id, split, structure, category, caption, set,
/// rotation, what was wanted, and its scores ("binding" over claims, "prompt", "claim.1.binding",
/// ...); `found` in words, where there is an image to look at.
void append_scores(const scenes::World& world, const EvaluationSplit& split,
                   const std::vector<scenes::PromptScore>& scores,
                   const std::vector<std::string>& found, std::vector<Measurement>& measurements,
                   std::vector<Fields>& rows);

}  // namespace lidit

// Floors and ceiling of a table of scores: what needs no model to be known.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "metrics/scenes/score.h"
#include "metrics/scenes/world.h"
#include "results/philox.h"

namespace lidit::scenes {

enum class Oracle {
  chance,  // knows the world, not the prompt: shows the pictures of other prompts of the split
  bag,     // knows every word of the prompt and binds them to objects at random
  truth    // shows the drawn picture itself, through the verifier: exactly 1
};
std::string_view name(Oracle oracle);

/// The objects that a bag of the caption's words makes: every attribute, number and role in a
/// relation dealt out anew among the claims, what nobody states drawn at random.
Scene shuffle_words(const Preset& preset, const Caption& caption, Philox& draws);

/// Expected scores of prompts 0..prompts-1 of a split, each a mean over up to `draws` pictures.
/// Equal worlds give equal scores.
std::vector<PromptScore> oracle_scores(const World& world, std::string_view split,
                                       std::int64_t prompts, Oracle oracle, int draws = 100);

}  // namespace lidit::scenes

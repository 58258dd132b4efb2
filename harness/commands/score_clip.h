// `lidit score --benchmark clipscore`: how near CLIP sees images and their captions.
#pragma once
#include "harness/commands/command_context.h"

namespace lidit {

struct ScoreOptions;

/// Embeds the images and captions of a folder and prints the mean cosine, and CLIPScore as 2.5
/// max(cosine, 0) (Hessel et al. 2021, without their prefix "A photo depicts").
int score_clip(const ScoreOptions& options, const CommandContext& context);

}  // namespace lidit

// `lidit score --benchmark human`: what people said on a page of `lidit compare`.
#pragma once
#include "harness/commands/command_context.h"

namespace lidit {

struct ScoreOptions;

/// Prints win rate, interval and agreement, and writes a record. Pairs that nobody judged are
/// refused, unless that is allowed.
int score_human(const ScoreOptions& options, const CommandContext& context);

}  // namespace lidit

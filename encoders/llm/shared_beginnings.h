// Prompts that begin alike: a causal model needs to compute their common beginning once.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "encoders/llm/token_batch.h"

namespace lidit {

/// Prompts in the order of their token ids, so that neighbours have as much in common as can be.
struct SharedBeginnings {
  std::vector<std::int64_t> order;   // (N) of the prompts
  std::vector<std::int64_t> shared;  // (N) first tokens that order[i] has in common with order[i-1]
};

/// Of ids (S) and offsets (N+1).
SharedBeginnings find_shared_beginnings(std::span<const std::int64_t> ids,
                                        std::span<const std::int64_t> offsets);
/// N prompts in their own order, of which each is computed from its first token on.
SharedBeginnings no_shared_beginnings(std::int64_t prompts);

/// Some prompts without the tokens that they share, and the way back to all of their tokens.
struct DistinctTokens {
  TokenBatch batch;  // R tokens; `shared` is undefined where nothing is
  Tensor rows;       // (T) int64: which of the R tokens each token of the prompts is
  Tensor places;     // (T) int64: where that token stands among the S ids
};

/// Of the prompts first..end of the order; the first of them is whole.
DistinctTokens distinct_tokens(std::span<const std::int64_t> ids,
                               std::span<const std::int64_t> offsets,
                               const SharedBeginnings& beginnings, std::int64_t first,
                               std::int64_t end);

}  // namespace lidit

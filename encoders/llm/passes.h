// Many packed prompts through a language model: cut into passes that all threads work off.
#pragma once
#include <c10/util/FunctionRef.h>

#include <cstdint>
#include <span>
#include <vector>

#include "encoders/llm/language_model.h"
#include "encoders/llm/shared_beginnings.h"

namespace lidit {

/// The first prompt of every pass, and the end of the last, for prompts with these offsets (N+1).
/// Passes are as even as whole prompts allow, and on a CPU as many for each thread.
std::vector<std::int64_t> cut_into_passes(std::span<const std::int64_t> offsets,
                                          c10::Device device);

/// What a pass computed: the state of the token at places[i] is states[:, rows[i]].
struct PassStates {
  Tensor states;        // (K,R,D)
  Tensor rows, places;  // (T) int64, on the model's device
};

/// Calls keep once for every pass, in any order and from several threads at a time. Arguments as of
/// LanguageModel::encode_packed, with whole prompts, and the same states, bit for bit, whatever
/// beginnings the prompts of a pass share.
void encode_in_passes(const LanguageModel& model, const TokenBatch& batch,
                      std::span<const std::int64_t> layers, const EncodedPrefix& prefix,
                      const SharedBeginnings& beginnings,
                      c10::function_ref<void(const PassStates&)> keep);

}  // namespace lidit

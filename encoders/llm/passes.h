// Many packed prompts through a language model: cut into passes that all threads work off.
#pragma once
#include <c10/util/FunctionRef.h>

#include <cstdint>
#include <span>
#include <vector>

#include "encoders/llm/language_model.h"

namespace lidit {

/// The first prompt of every pass, and the end of the last, for prompts with these offsets (N+1).
/// Passes are as even as whole prompts allow, and on a CPU as many for each thread.
std::vector<std::int64_t> cut_into_passes(std::span<const std::int64_t> offsets,
                                          c10::Device device);

/// Calls keep(first row, states (K,S,D) of the rows from there on) once for every pass, in any
/// order and from several threads at a time. Arguments as of LanguageModel::encode_packed, and the
/// same states, bit for bit.
void encode_in_passes(const LanguageModel& model, const TokenBatch& batch,
                      std::span<const std::int64_t> layers, const EncodedPrefix& prefix,
                      c10::function_ref<void(std::int64_t, const Tensor&)> keep);

}  // namespace lidit

// The states of prompts' tokens with the bytes that each token covers, from whatever encoder, and
// the mean states that a plan asks for.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "encoders/conditioner.h"
#include "encoders/features.h"
#include "metrics/probes/sets/plan.h"

namespace lidit::probes {

/// States of N prompts, packed, on the CPU.
struct TokenStates {
  Tensor states;   // (S,D)
  Tensor offsets;  // (N+1) int64: prompt i owns rows offsets[i]..offsets[i+1]
  Tensor spans;    // (S,2) int64: bytes of its prompt; empty where a row is no token of the caption
};

/// A frozen encoder's own states; features hold one hidden state a token (K = 1).
TokenStates token_states(const EncoderFeatures& features);
/// What the backbone sees (G = 1): each token with the span of the one that it came from, none for
/// null tokens and padding. `features` are those that were conditioned on.
TokenStates token_states(const Conditioning& conditioning, const FrozenFeatures& features);

/// Prompts to token states, in the order given.
using EncodeTokens = std::function<TokenStates(std::span<const std::string> prompts)>;

/// u = (h - mean) * scale makes every dimension of a neutral corpus mean 0 and deviation 1; a
/// dimension that never changes there keeps its scale.
struct Standardization {
  Tensor mean, scale;  // (D) fp64
};
/// Over the tokens of the captions, without the first of each. UserError when there is none.
Standardization standardization_of(const TokenStates& neutral);

/// What a plan asked for. The first token of a caption counts for position, but its state is never
/// used: as an attention sink it would drown the others.
struct MeanStates {
  Tensor means;                             // (Q,D) fp64, standardised
  std::vector<std::int64_t> tokens;         // (Q) that each is the mean of
  std::vector<double> positions;            // (Q) centre of its tokens over the prompt's, in (0,1)
  std::vector<std::int64_t> prompt_tokens;  // (N) tokens of each caption

  Tensor operator[](std::int64_t request) const { return means[request]; }
  /// (R,D) of several requests.
  Tensor rows(std::span<const std::int64_t> requests) const;
};

/// An encoder and how its states are standardised.
struct Subject {
  EncodeTokens encode;
  Standardization standardization;
  /// The same encoder with LI-DiT's instruction before each caption where it has none, or without
  /// the one that it has: the same words, once what stands before the caption is cropped. Empty
  /// where the encoder takes no instruction.
  EncodeTokens twin{};
};

/// Called with the number of prompts that are done.
using TellDone = std::function<void(std::int64_t prompts)>;

/// What the plan asked for, of each subject. Prompts are encoded piece by piece, all subjects on
/// one piece before the next, so that no more than a few hundred prompts' tokens are in memory.
/// Throws UserError when no token covers what was asked for, or a state is no number.
std::vector<MeanStates> mean_states(const Plan& plan, std::span<const Subject> subjects,
                                    const TellDone& tell);

}  // namespace lidit::probes

// P5 on natural text: how far a pooled prompt moves when two attributes of a caption change places.
#pragma once
#include <cstdint>
#include <vector>

#include "metrics/probes/probe.h"

namespace lidit::probes {

/// The numbers of the requests for the pooled states of a caption and of its negative.
struct SwapRequests {
  std::int64_t caption, negative;
  /// Of the same words, with the same one first, whose state is never used: a bag of words does not
  /// tell the two apart.
  bool same_words;
};

/// Of the first `sets` of the material's captions, or of all where they are fewer, in a random
/// order that is a function of the seed alone. Blanks at the ends or doubled, which are tokens to
/// some encoders, are left out of both texts.
std::vector<SwapRequests> ask_swapped_captions(const Material& material, Plan& plan);

/// "swapped_captions": of every caption the cosine distance to its negative, over the mean distance
/// of a caption to the next one in that random order; "swapped_captions.same_words": of those with
/// the same words alone, 0 for a bag of words. One value a caption, and none where there is one
/// caption or all have the same state.
std::vector<Measure> measure_swapped_captions(const std::vector<SwapRequests>& requests,
                                              const MeanStates& states);

}  // namespace lidit::probes

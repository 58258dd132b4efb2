// What frozen encoders say of prompts. Shape letters: B batch, T tokens, S tokens of a packed
// batch, D width, K kept layers, P prefix tokens, G 1 or backbone depth, N prompts. A bool mask is
// true on real tokens, everywhere. t = 0 is noise, t = 1 is data, everywhere.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

namespace lidit {

using at::Tensor;

/// One frozen encoder's states of N prompts: packed, raw, without gradient.
struct EncoderFeatures {
  Tensor layers;         // (K,S,D) hidden states of the kept layers, bf16 or fp32
  Tensor offsets;        // (N+1) int64: prompt i owns rows offsets[i]..offsets[i+1]
  Tensor prefix;         // (K,P,D) states of the constant prefix, once for all prompts; P may be 0
  Tensor caption_begin;  // (N) int64: rows of a prompt before this one are not caption ([CLS])
  Tensor spans;          // (S,2) int64: bytes of the prompt that a token covers; empty if special
  bool pools_last_row = false;  // a prompt's last row stands for its text (CLIP's end token)
};

/// One entry per encoder: fusion has several.
using FrozenFeatures = std::vector<EncoderFeatures>;

/// The features of prompts `indices` (M) int64, in that order.
FrozenFeatures select_prompts(const FrozenFeatures& features, const Tensor& indices);

}  // namespace lidit

// From packed rows to a padded batch, and from refined branches to what the backbone reads.
#pragma once
#include <cstdint>
#include <vector>

#include "encoders/features.h"

namespace lidit {

/// Where each place of a padded batch comes from: prefix first, then the prompt, then padding.
struct TokenLayout {
  Tensor rows;     // (B,T) int64 into [P prefix rows; S packed rows; one row of zeros]
  Tensor mask;     // (B,T) bool: prefix and prompt
  Tensor caption;  // (B,T) bool: what is left after the crop
  Tensor token;    // (T) int64: row within the prompt; negative in the prefix
  Tensor begin;    // (B) int64: places before the caption
};

/// T is the prefix plus the longest prompt, at least 1. Lies where `features.offsets` lies.
TokenLayout token_layout(const EncoderFeatures& features);

/// Drops the places before the caption, as many in every row, from `tokens` (..,B,T,D) and from
/// their layout; one place is kept where nothing else is left.
void crop_prefix(Tensor& tokens, TokenLayout& layout);

/// The layout of `queries` tokens that a resampler made of a prompt: all caption where the prompt
/// had a caption, none otherwise. They came from no one token: -1.
TokenLayout resampled_layout(const TokenLayout& layout, std::int64_t queries);

/// What the backbone gets to see of the branches.
struct CaptionTokens {
  Tensor tokens;  // (B,U,D), or (G,B,U,D) as the branches; zeros where masked
  Tensor mask;    // (B,U) bool
  Tensor source;  // (B,U,2) int64: branch and row within its prompt; -1 for null tokens and padding
  Tensor empty;   // (B) bool: rows that hold nothing but the null token
};

/// The caption tokens of all branches, one after the other, without gaps: crops prefixes and
/// whatever else is no caption. Rows that are not in `keep` (B), and captions without a single
/// token, become `null_token` (1,D). `branches` (B,T_i,D), or (G,B,T_i,D) with tokens for each
/// block, in the order of `layouts`.
CaptionTokens crop_to_captions(const std::vector<Tensor>& branches,
                               const std::vector<TokenLayout>& layouts, const Tensor& keep,
                               const Tensor& null_token);

}  // namespace lidit

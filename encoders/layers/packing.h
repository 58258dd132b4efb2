// Real tokens of a padded batch as rows, so that maps, norms and FFN of text cost what its tokens
// cost and not what the longest prompt of the batch costs (captions of 23 tokens on average stand
// in batches 54 wide). Only attention scores need the padded form.
#pragma once
#include <ATen/core/Tensor.h>

namespace lidit {

using at::Tensor;

class Packing {
 public:
  /// `mask` (B,T) bool, true on real tokens.
  explicit Packing(const Tensor& mask);

  /// (B,T,...) -> (S,...): the real tokens, prompt after prompt.
  Tensor pack(const Tensor& padded) const;
  /// (S,...) -> (B,T,...) with zeros where there is no token.
  Tensor pad(const Tensor& rows) const;
  /// (B,1,D) -> (S,D): the vector of a prompt for each of its tokens. One vector for all prompts,
  /// (1,1,D), stays one: (1,D).
  Tensor spread(const Tensor& vectors) const;

 private:
  std::int64_t batch_, length_;
  Tensor place_;   // (S) int64: where a row stands among the B T places
  Tensor row_;     // (B T) int64: which row stands at a place, S for none
  Tensor prompt_;  // (S) int64
};

}  // namespace lidit

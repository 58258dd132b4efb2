// Attention over packed segments: each segment attends to a prefix that all share, to a beginning
// that it may share with the segment before, and to itself.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace lidit {

using at::Tensor;

/// Keys and values of one block for a constant prefix; undefined tensors: no prefix.
struct KeyValue {
  Tensor key, value;  // (P,KV,E), rotary positions already applied to the keys
};

/// How scores are made of products; the defaults are those of Vaswani et al. 2017.
struct PackedAttentionOptions {
  bool causal = false;               // a row sees the prefix, itself and the rows before it
  std::optional<double> scale = {};  // of the products; 1 / sqrt(E) unless given
  /// A causal row sees at most this many keys, its own included (Beltagy et al. 2020).
  std::optional<std::int64_t> window = {};
  std::optional<double> soft_cap = {};  // scores become cap tanh(score / cap) (Gemma 2)
  /// (H,2R+1) fp32, added to the scores: column R + d for a key d positions after its query, R no
  /// less than what a segment sees at most, its prefix counted (Raffel et al. 2020). Undefined:
  /// nothing.
  Tensor distance_bias = {};
  /// (N) int64 on the CPU, causal attention only: so many rows at the beginning of what the segment
  /// before a segment sees, the prefix not counted, come before its own. Undefined: none.
  Tensor shared = {};
};

/// softmax(scores) v for every segment offsets[i]..offsets[i+1] of the packed rows, over the keys
/// of the prefix followed by the shared ones and the segment's own. Heads share keys in groups of H
/// / KV (grouped-query attention). query (S,H,E), key and value (S,KV,E): bf16 or fp32, E
/// contiguous (views of one matrix are fine); offsets (N+1) int64 on the CPU, ascending. Rows that
/// no segment owns get zeros. Returns (S,H*E) in the dtype of query. A row's result depends on the
/// rows that its segment sees alone, bit for bit, whatever lies beside them and however many
/// threads run.
Tensor packed_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                        const Tensor& offsets, const KeyValue& prefix,
                        const PackedAttentionOptions& options);

/// The same by the formula, segment by segment in fp32: what the kernel is tested against, and
/// what runs on devices that have no kernel.
Tensor packed_attention_reference(const Tensor& query, const Tensor& key, const Tensor& value,
                                  const Tensor& offsets, const KeyValue& prefix,
                                  const PackedAttentionOptions& options);

}  // namespace lidit

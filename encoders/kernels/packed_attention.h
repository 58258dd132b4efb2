// Attention over packed segments: each segment attends to itself and to a prefix that all share.
#pragma once
#include <ATen/core/Tensor.h>

namespace lidit {

using at::Tensor;

/// Keys and values of one block for a constant prefix; undefined tensors: no prefix.
struct KeyValue {
  Tensor key, value;  // (P,KV,E), rotary positions already applied to the keys
};

/// softmax(q k' / sqrt(E)) v for every segment offsets[i]..offsets[i+1] of the packed rows, over
/// the keys of the prefix followed by the segment's own; causal: a row sees the prefix, itself and
/// the rows before it. Heads share keys in groups of H / KV (grouped-query attention). query
/// (S,H,E), key and value (S,KV,E): bf16 or fp32, E contiguous (views of one matrix are fine);
/// offsets (N+1) int64 on the CPU, ascending. Rows that no segment owns get zeros.
/// Returns (S,H*E) in the dtype of query. A row's result depends on its own segment and on the
/// prefix alone, bit for bit, whatever lies beside it and however many threads run.
Tensor packed_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                        const Tensor& offsets, const KeyValue& prefix, bool causal);

/// The same by the formula, segment by segment in fp32: what the kernel is tested against, and
/// what runs on devices that have no kernel.
Tensor packed_attention_reference(const Tensor& query, const Tensor& key, const Tensor& value,
                                  const Tensor& offsets, const KeyValue& prefix, bool causal);

}  // namespace lidit

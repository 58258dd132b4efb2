// The packed attention kernel for the CPU, on plain pointers: AVX-512 with bf16 dot products where
// the machine has them, AVX2, or portable vectors.
#pragma once
#include <cstdint>

namespace lidit {

/// Rows of heads that follow each other: head h of row i starts at data + i * stride + h * E.
struct HeadRows {
  const void* data = nullptr;
  std::int64_t stride = 0;  // elements from row to row
};

/// One call of packed_attention; see there for the meaning and the shapes.
struct PackedAttentionCall {
  bool is_bf16;  // else fp32
  bool causal;
  std::int64_t heads, kv_heads, head_width;  // head_width: even
  std::int64_t segments, prefix_length;
  std::int64_t longest;        // rows that a segment sees at most, the prefix not counted
  std::int64_t window;         // keys that a causal row sees at most
  float scale, soft_cap;       // soft_cap: 0 means none
  const float* distance_bias;  // (heads, 2 * reach + 1), or null
  std::int64_t reach;
  const std::int64_t* offsets;  // (segments + 1)
  const std::int64_t* shared;   // (segments), or null
  HeadRows query, key, value, prefix_key, prefix_value;
  void* out;  // (S, heads * head_width), contiguous

  std::int64_t items() const { return kv_heads * segments; }
  /// Rows at the beginning of what the segment before sees that come before this one's own.
  std::int64_t shared_of(std::int64_t segment) const { return shared ? shared[segment] : 0; }
};

/// Computes items begin..end of call.items(): one key head of one segment each, heads outermost.
/// Items are independent of each other.
void packed_attention_cpu(const PackedAttentionCall& call, std::int64_t begin, std::int64_t end);

}  // namespace lidit

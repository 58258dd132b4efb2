#include "encoders/kernels/packed_attention.h"

#include <ATen/ATen.h>
#include <ATen/TensorIndexing.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "encoders/kernels/packed_attention_cpu.h"
#include "encoders/kernels/parallel.h"

namespace lidit {
namespace {

/// (N) rows that each segment sees, the prefix not counted.
Tensor rows_seen(const Tensor& offsets, const Tensor& shared) {
  return shared.defined() ? offsets.diff() + shared : offsets.diff();
}

std::int64_t longest_segment(const Tensor& offsets, const Tensor& shared) {
  return offsets.numel() > 1 ? rows_seen(offsets, shared).max().item<std::int64_t>() : 0;
}

void check_shared(const Tensor& shared, const Tensor& offsets, bool causal) {
  if (!shared.defined()) return;
  const std::int64_t segments = offsets.numel() - 1;
  TORCH_CHECK(causal && shared.dim() == 1 && shared.is_cpu() && shared.scalar_type() == at::kLong &&
                  shared.numel() == segments,
              "shared rows are for causal attention, (N) int64 on the CPU with N = ", segments,
              ", got ", shared.sizes());
  const Tensor before = at::constant_pad_nd(rows_seen(offsets, shared), {1, -1}, 0);
  TORCH_CHECK(segments == 0 || (shared.ge(0) & shared.le(before)).all().item<bool>(),
              "a segment shares no more rows than the segment before it sees");
}

void check_bias(const PackedAttentionOptions& options, const Tensor& query, const Tensor& offsets,
                const KeyValue& prefix) {
  const Tensor& bias = options.distance_bias;
  if (!bias.defined()) return;
  const std::int64_t keys =
      longest_segment(offsets, options.shared) + (prefix.key.defined() ? prefix.key.size(0) : 0);
  TORCH_CHECK(bias.dim() == 2 && bias.scalar_type() == at::kFloat &&
                  bias.size(0) == query.size(1) && bias.size(1) % 2 == 1 &&
                  bias.size(1) / 2 + 1 >= keys,
              "a distance bias must be (H,2R+1) fp32 with R + 1 >= ", keys, ", got ", bias.sizes());
}

void check(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& offsets,
           const KeyValue& prefix, const PackedAttentionOptions& options) {
  TORCH_CHECK(query.dim() == 3 && key.dim() == 3 && key.sizes() == value.sizes() &&
                  query.size(0) == key.size(0) && query.size(2) == key.size(2) && key.size(1) > 0 &&
                  query.size(1) % key.size(1) == 0,
              "query (S,H,E) needs key and value (S,KV,E) with KV dividing H, got ", query.sizes(),
              ", ", key.sizes(), ", ", value.sizes());
  TORCH_CHECK(query.scalar_type() == key.scalar_type() &&
                  key.scalar_type() == value.scalar_type() &&
                  (query.scalar_type() == at::kFloat || query.scalar_type() == at::kBFloat16) &&
                  query.size(2) % 2 == 0,
              "attention takes fp32 or bf16 and heads of even width, got ", query.scalar_type(),
              " and ", query.size(2));
  TORCH_CHECK(offsets.dim() == 1 && offsets.numel() > 0 && offsets.is_cpu() &&
                  offsets.scalar_type() == at::kLong && offsets[0].item<std::int64_t>() >= 0 &&
                  offsets.diff().ge(0).all().item<bool>() &&
                  offsets[-1].item<std::int64_t>() <= query.size(0),
              "offsets must be (N+1) int64 on the CPU, ascending within ", query.size(0), " rows");
  TORCH_CHECK(!prefix.key.defined() ||
                  (prefix.key.sizes() == prefix.value.sizes() && prefix.key.dim() == 3 &&
                   prefix.key.size(1) == key.size(1) && prefix.key.size(2) == key.size(2) &&
                   prefix.key.scalar_type() == key.scalar_type() &&
                   prefix.value.scalar_type() == key.scalar_type()),
              "a prefix must have the heads and the dtype of its segments");
  TORCH_CHECK(!options.window || (options.causal && *options.window > 0),
              "a window is for causal attention, and at least the token itself");
  for (const std::optional<double>& number : {options.scale, options.soft_cap})
    TORCH_CHECK(!number || (std::isfinite(*number) && *number > 0),
                "scale and soft cap of attention are positive numbers, got ", number.value_or(0));
  check_shared(options.shared, offsets, options.causal);
  check_bias(options, query, offsets, prefix);
}

/// (T,KV,E) -> (H,T,E) fp32: every group of query heads reads the same keys.
Tensor per_query_head(const Tensor& rows, std::int64_t heads) {
  return rows.to(at::kFloat).transpose(0, 1).repeat_interleave(heads / rows.size(1), 0);
}

Tensor with_prefix(const Tensor& prefix, const Tensor& rows) {
  return prefix.defined() ? at::cat({prefix, rows}) : rows;
}

/// What segment i sees of itself and, if it shares rows, of `before`, which the segment before
/// sees.
Tensor behind_shared(const Tensor& before, const Tensor& own, const Tensor& shared,
                     std::int64_t i) {
  return shared.defined() ? at::cat({before.slice(0, 0, shared[i].item<std::int64_t>()), own})
                          : own;
}

double scale_of(const Tensor& query, const PackedAttentionOptions& options) {
  return options.scale.value_or(1 / std::sqrt(static_cast<double>(query.size(2))));
}

/// (T,keys) distance from each of the last T of the keys to every key.
Tensor distances(std::int64_t rows, std::int64_t keys, const Tensor& like) {
  const Tensor positions = at::arange(keys, like.options().dtype(at::kLong));
  return positions.unsqueeze(0) - positions.slice(0, keys - rows).unsqueeze(1);
}

/// (H,T,keys) of q (H,T,E) and k (H,keys,E), minus infinity where a row must not look.
Tensor scores_by_formula(const Tensor& q, const Tensor& k, double scale,
                         const PackedAttentionOptions& options) {
  Tensor scores = at::matmul(q, k.transpose(1, 2)) * scale;
  if (options.soft_cap) scores = (scores / *options.soft_cap).tanh() * *options.soft_cap;
  const Tensor distance = distances(q.size(1), k.size(1), q);
  if (const Tensor& bias = options.distance_bias; bias.defined())
    scores = scores + bias.index({at::indexing::Slice(), distance + bias.size(1) / 2});
  if (options.causal) scores.masked_fill_(distance > 0, -INFINITY);
  if (options.window) scores.masked_fill_(distance <= -*options.window, -INFINITY);
  return scores;
}

HeadRows rows_of(const Tensor& rows) {
  return rows.defined() ? HeadRows{rows.const_data_ptr(), rows.stride(0)} : HeadRows{};
}

/// Heads next to each other, as the kernel reads them.
Tensor with_dense_heads(const Tensor& rows) {
  const bool dense = !rows.defined() ||
                     (rows.stride(2) == 1 && (rows.size(1) == 1 || rows.stride(1) == rows.size(2)));
  return dense ? rows : rows.contiguous();
}

/// Splits the call's items into `shares` runs of about equal work; (shares + 1) first items.
std::vector<std::int64_t> even_shares(const PackedAttentionCall& call, std::int64_t shares) {
  std::vector<std::int64_t> work{0};  // of all items before each
  for (std::int64_t item = 0; item < call.items(); ++item) {
    const std::int64_t* segment = call.offsets + item % call.segments;
    const std::int64_t rows = segment[1] - segment[0];
    const std::int64_t before = call.prefix_length + call.shared_of(item % call.segments);
    work.push_back(work.back() + rows * (rows + before) + 1);
  }
  std::vector<std::int64_t> first;
  for (std::int64_t share = 0; share <= shares; ++share)
    first.push_back(std::ranges::lower_bound(work, work.back() * share / shares) - work.begin());
  return first;
}

Tensor packed_attention_on_cpu(const Tensor& query, const Tensor& key, const Tensor& value,
                               const Tensor& offsets, const KeyValue& prefix,
                               const PackedAttentionOptions& options) {
  const Tensor q = with_dense_heads(query), k = with_dense_heads(key), v = with_dense_heads(value);
  const Tensor prefix_key = with_dense_heads(prefix.key),
               prefix_value = with_dense_heads(prefix.value), bounds = offsets.contiguous();
  const Tensor bias =
      options.distance_bias.defined() ? options.distance_bias.contiguous() : Tensor();
  const Tensor shared = options.shared.defined() ? options.shared.contiguous() : Tensor();
  const std::int64_t segments = bounds.numel() - 1,
                     prefix_length = prefix_key.defined() ? prefix_key.size(0) : 0,
                     longest = longest_segment(bounds, shared);
  Tensor out = at::zeros({query.size(0), query.size(1) * query.size(2)}, query.options());
  if (segments == 0) return out;
  const PackedAttentionCall call{
      .is_bf16 = query.scalar_type() == at::kBFloat16,
      .causal = options.causal,
      .heads = query.size(1),
      .kv_heads = key.size(1),
      .head_width = query.size(2),
      .segments = segments,
      .prefix_length = prefix_length,
      .longest = longest,
      .window = options.window.value_or(prefix_length + longest),
      .scale = static_cast<float>(scale_of(query, options)),
      .soft_cap = static_cast<float>(options.soft_cap.value_or(0)),
      .distance_bias = bias.defined() ? bias.const_data_ptr<float>() : nullptr,
      .reach = bias.defined() ? bias.size(1) / 2 : 0,
      .offsets = bounds.const_data_ptr<std::int64_t>(),
      .shared = shared.defined() ? shared.const_data_ptr<std::int64_t>() : nullptr,
      .query = rows_of(q),
      .key = rows_of(k),
      .value = rows_of(v),
      .prefix_key = rows_of(prefix_key),
      .prefix_value = rows_of(prefix_value),
      .out = out.mutable_data_ptr()};
  const std::int64_t shares = at::get_num_threads();
  const std::vector<std::int64_t> first = even_shares(call, shares);
  parallel_over(0, shares, 1, [&](std::int64_t begin, std::int64_t end) {
    packed_attention_cpu(call, first[begin], first[end]);
  });
  return out;
}

}  // namespace

Tensor packed_attention_reference(const Tensor& query, const Tensor& key, const Tensor& value,
                                  const Tensor& offsets, const KeyValue& prefix,
                                  const PackedAttentionOptions& options) {
  check(query, key, value, offsets, prefix, options);
  const std::int64_t heads = query.size(1);
  Tensor out = at::zeros_like(query, at::MemoryFormat::Contiguous);
  Tensor seen_key = key.slice(0, 0, 0), seen_value = value.slice(0, 0, 0);  // of the segment before
  for (std::int64_t i = 0; i + 1 < offsets.size(0); ++i) {
    const auto begin = offsets[i].item<std::int64_t>(), end = offsets[i + 1].item<std::int64_t>();
    const Tensor q = query.slice(0, begin, end).to(at::kFloat).transpose(0, 1);  // (H,T,E)
    seen_key = behind_shared(seen_key, key.slice(0, begin, end), options.shared, i);
    seen_value = behind_shared(seen_value, value.slice(0, begin, end), options.shared, i);
    const Tensor k = per_query_head(with_prefix(prefix.key, seen_key), heads);
    const Tensor v = per_query_head(with_prefix(prefix.value, seen_value), heads);
    const Tensor scores = scores_by_formula(q, k, scale_of(query, options), options);
    out.slice(0, begin, end).copy_(at::matmul(scores.softmax(-1), v).transpose(0, 1));
  }
  return out.flatten(1);
}

Tensor packed_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                        const Tensor& offsets, const KeyValue& prefix,
                        const PackedAttentionOptions& options) {
  check(query, key, value, offsets, prefix, options);
  if (!query.is_cpu())
    return packed_attention_reference(query, key, value, offsets, prefix, options);
  return packed_attention_on_cpu(query, key, value, offsets, prefix, options);
}

}  // namespace lidit

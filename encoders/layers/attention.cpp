#include "encoders/layers/attention.h"

#include <ATen/ATen.h>

#include <cmath>

#include "encoders/kernels/rotary.h"

namespace lidit {
namespace {

// Far below any score, yet finite in fp32 and bf16: exp(kHidden - max) is exactly 0, and a row in
// which everything is hidden is uniform instead of 0/0.
constexpr double kHidden = -1e30;

// On the CPU the fused kernel's backward pass is twice as slow as plain products at the sizes of
// short prompts (B=64, H=4, T=S=40: 7.5 ms against 6.3 with the forward pass); from about 64 x 64
// on, and whenever no gradient is wanted, it wins.
constexpr std::int64_t kPlainScores = 48 * 48;

bool plain_is_faster(const Tensor& q, const Tensor& k) {
  const bool backward = at::GradMode::is_enabled() && (q.requires_grad() || k.requires_grad());
  return q.is_cpu() && backward && q.size(2) * k.size(2) <= kPlainScores;
}

// Which keys (T,T) a query sees because of its place; undefined: all.
Tensor visible_by_place(AttentionPattern pattern, std::int64_t keys,
                        const at::TensorOptions& bools) {
  switch (pattern) {
    case AttentionPattern::full:
      return {};
    case AttentionPattern::causal:
      return at::ones({keys, keys}, bools).tril();
    case AttentionPattern::reverse_causal:
      return at::ones({keys, keys}, bools).triu();
    case AttentionPattern::diagonal:
      return at::eye(keys, bools);
  }
  TORCH_CHECK(false, "no such pattern");
}

// (B,T,H,d), or its packed rows (S,H,d), as (B,H,T,d).
Tensor heads_first(const Tensor& x, const Packing* packing) {
  return (packing ? packing->pad(x) : x).transpose(1, 2);
}

}  // namespace

Tensor attention_bias(const Tensor& key_mask, AttentionPattern pattern, at::ScalarType dtype) {
  TORCH_CHECK(key_mask.dim() == 2 && key_mask.scalar_type() == at::kBool,
              "the key mask must be (B,S) bool, got ", key_mask.sizes(), " ",
              key_mask.scalar_type());
  Tensor visible = key_mask.unsqueeze(1).unsqueeze(1);  // (B,1,1,S)
  const Tensor by_place = visible_by_place(pattern, key_mask.size(1), key_mask.options());
  if (by_place.defined()) visible = visible.logical_and(by_place);  // (B,1,T,S)
  return at::zeros(visible.sizes(), visible.options().dtype(dtype))
      .masked_fill_(visible.logical_not(), kHidden);
}

Tensor prepend_visible(const Tensor& bias, std::int64_t count) {
  return at::constant_pad_nd(bias, {count, 0}, 0);
}

Tensor scaled_dot_product(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& bias) {
  if (!plain_is_faster(q, k)) {
    std::optional<Tensor> mask;
    if (bias.defined()) mask = bias.expand({q.size(0), 1, q.size(2), k.size(2)});
    return at::scaled_dot_product_attention(q, k, v, mask);
  }
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  Tensor scores = at::matmul(q * scale, k.transpose(-1, -2));  // (B,H,T,S)
  if (bias.defined()) scores = scores + bias;
  return at::matmul(scores.softmax(-1), v);
}

Tensor rotate_by_position(const Tensor& x) {
  TORCH_CHECK(x.dim() == 4 && x.size(3) % 2 == 0,
              "rotary positions are for (B,H,T,d), d even, got ", x.sizes());
  const Tensor positions = at::arange(x.size(2), x.options().dtype(at::kLong));
  const Tensor table = rotary_table(positions, x.size(3), kRotaryBase).to(x.scalar_type());
  const Tensor &cosine = table[0], &sine = table[1];  // (T,d/2)
  const auto halves = x.chunk(2, -1);
  return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine},
                 -1);
}

AttentionImpl::AttentionImpl(const AttentionOptions& options)
    : heads_(options.heads), rotary_(options.rotary) {
  TORCH_CHECK(options.heads > 0 && options.width % options.heads == 0, "width ", options.width,
              " does not divide into ", options.heads, " heads");
  const std::int64_t width = options.width, head_width = width / options.heads;
  TORCH_CHECK(!rotary_ || head_width % 2 == 0, "rotary positions need an even head width, got ",
              head_width);
  const bool asks = !options.answers_only;
  if (asks) q_proj = register_module("q_proj", torch::nn::Linear(width, width));
  k_proj = register_module("k_proj", torch::nn::Linear(width, width));
  v_proj = register_module("v_proj", torch::nn::Linear(width, width));
  if (asks) o_proj = register_module("o_proj", torch::nn::Linear(width, width));
  if (asks) q_norm = register_module("q_norm", RMSNorm(head_width));
  k_norm = register_module("k_norm", RMSNorm(head_width));
}

Tensor AttentionImpl::split_heads(const Tensor& x) const {
  return x.unflatten(-1, {heads_, x.size(-1) / heads_});
}

Tensor AttentionImpl::forward(const Tensor& x, const Tensor& context, const Tensor& bias,
                              const Packing* x_packing, const Packing* context_packing) {
  const Tensor q = queries(x, x_packing);           // (B,H,T,d)
  const Tensor k = keys(context, context_packing);  // (B,H,S,d)
  const Tensor v = values(context, context_packing);
  return output(scaled_dot_product(q, k, v, bias), x_packing);
}

Tensor AttentionImpl::queries(const Tensor& x, const Packing* packing) {
  const Tensor q = heads_first(q_norm(split_heads(q_proj(x))), packing);
  return rotary_ ? rotate_by_position(q) : q;
}

Tensor AttentionImpl::keys(const Tensor& x, const Packing* packing) {
  const Tensor k = heads_first(k_norm(split_heads(k_proj(x))), packing);
  return rotary_ ? rotate_by_position(k) : k;
}

Tensor AttentionImpl::values(const Tensor& x, const Packing* packing) {
  return heads_first(split_heads(v_proj(x)), packing);
}

Tensor AttentionImpl::output(const Tensor& read, const Packing* packing) {
  const Tensor joined = read.transpose(1, 2).flatten(-2);  // (B,T,D)
  return o_proj(packing ? packing->pack(joined) : joined);
}

OwnValueImpl::OwnValueImpl(std::int64_t width)
    : v_proj(register_module("v_proj", torch::nn::Linear(width, width))),
      o_proj(register_module("o_proj", torch::nn::Linear(width, width))) {}

Tensor OwnValueImpl::forward(const Tensor& x) { return o_proj(v_proj(x)); }

}  // namespace lidit

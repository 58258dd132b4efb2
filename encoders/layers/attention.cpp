#include "encoders/layers/attention.h"

#include <ATen/ATen.h>

#include <cmath>

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
  if (pattern == AttentionPattern::causal) {
    const std::int64_t keys = key_mask.size(1);
    visible = visible.logical_and(at::ones({keys, keys}, key_mask.options()).tril());
  }
  return at::zeros(visible.sizes(), visible.options().dtype(dtype))
      .masked_fill_(visible.logical_not(), kHidden);
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

AttentionImpl::AttentionImpl(const AttentionOptions& options) : heads_(options.heads) {
  TORCH_CHECK(options.heads > 0 && options.width % options.heads == 0, "width ", options.width,
              " does not divide into ", options.heads, " heads");
  const std::int64_t width = options.width, head_width = width / options.heads;
  q_proj = register_module("q_proj", torch::nn::Linear(width, width));
  k_proj = register_module("k_proj", torch::nn::Linear(width, width));
  v_proj = register_module("v_proj", torch::nn::Linear(width, width));
  o_proj = register_module("o_proj", torch::nn::Linear(width, width));
  q_norm = register_module("q_norm", RMSNorm(head_width));
  k_norm = register_module("k_norm", RMSNorm(head_width));
}

Tensor AttentionImpl::split_heads(const Tensor& x) const {
  return x.unflatten(-1, {heads_, x.size(-1) / heads_});
}

Tensor AttentionImpl::forward(const Tensor& x, const Tensor& context, const Tensor& bias,
                              const Packing* x_packing, const Packing* context_packing) {
  const Tensor q = heads_first(q_norm(split_heads(q_proj(x))), x_packing);  // (B,H,T,d)
  const Tensor k = heads_first(k_norm(split_heads(k_proj(context))), context_packing);
  const Tensor v = heads_first(split_heads(v_proj(context)), context_packing);        // (B,H,S,d)
  const Tensor read = scaled_dot_product(q, k, v, bias).transpose(1, 2).flatten(-2);  // (B,T,D)
  return o_proj(x_packing ? x_packing->pack(read) : read);
}

}  // namespace lidit

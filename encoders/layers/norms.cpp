#include "encoders/layers/norms.h"

#include <ATen/ATen.h>
#include <torch/autograd.h>

namespace lidit {
namespace {

// 1 / sqrt(mean(x^2) + eps), one number a row.
Tensor reciprocal_rms(const Tensor& x) {
  const Tensor norm = at::linalg_vector_norm(x, 2, {-1}, /*keepdim=*/true);
  return (norm.square() / x.size(-1) + kNormEpsilon).rsqrt();
}

// ATen composes rms_norm of small operators on the CPU; its backward pass by formula reads the rows
// about half as often as the recorded one.
class RMSNormFunction : public torch::autograd::Function<RMSNormFunction> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x,
                        const Tensor& weight) {
    const Tensor scale = reciprocal_rms(x);
    const Tensor normalized = x * scale;
    context->save_for_backward({normalized, scale, weight});
    return normalized * weight;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &normalized = saved[0], &scale = saved[1], &weight = saved[2];
    const Tensor product = gradients[0] * normalized;
    const Tensor inner = gradients[0] * weight;
    const Tensor projection = (inner * normalized).mean(-1, /*keepdim=*/true);
    return {(inner - normalized * projection) * scale, product.flatten(0, -2).sum(0)};
  }
};

}  // namespace

Tensor rms_normalize(const Tensor& x) {
  const Tensor rows = x.to(at::promote_types(x.scalar_type(), at::kFloat));
  return rows * reciprocal_rms(rows);
}

RMSNormImpl::RMSNormImpl(std::int64_t width)
    : weight(register_parameter("weight", at::ones({width}))) {}

Tensor RMSNormImpl::forward(const Tensor& x) {
  const bool reduced = at::isReducedFloatingType(x.scalar_type());  // needs sums in fp32
  if (x.is_cpu() && !reduced) return RMSNormFunction::apply(x, weight);
  return at::rms_norm(x, weight.sizes(), weight, kNormEpsilon);
}

torch::nn::LayerNorm layer_norm(std::int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}).eps(kNormEpsilon));
}

}  // namespace lidit

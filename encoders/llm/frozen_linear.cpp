#include "encoders/llm/frozen_linear.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <fmt/format.h>

#include "encoders/kernels/instructions.h"

namespace lidit {
namespace {

using OptionalTensor = std::optional<Tensor>;

OptionalTensor optional(const Tensor& tensor) {
  return tensor.defined() ? OptionalTensor(tensor) : std::nullopt;
}

/// The weight in the layout that oneDNN's bf16 products run fastest on.
Tensor reorder(const Tensor& weight) {
  static const auto call = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_reorder_linear_weight", "")
                               .typed<Tensor(const Tensor&, std::optional<std::int64_t>)>();
  return call.call(weight, std::nullopt);
}

Tensor linear_reordered(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  static const auto call =
      c10::Dispatcher::singleton()
          .findSchemaOrThrow("mkldnn::_linear_pointwise", "")
          .typed<Tensor(const Tensor&, const Tensor&, const OptionalTensor&, c10::string_view,
                        c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>)>();
  return call.call(x, weight, optional(bias), "none", c10::List<std::optional<at::Scalar>>(), "");
}

bool runs_reordered(const Tensor& weight) {
  return weight.is_cpu() && weight.scalar_type() == at::kBFloat16 && weight.numel() > 0 &&
         has_bf16_tiles();
}

}  // namespace

FrozenLinear::FrozenLinear(Tensor weight, Tensor bias) {
  if (packs_into_panels(weight)) {
    panels_ = PanelMatrix(weight, bias);
    return;
  }
  reordered_ = runs_reordered(weight);
  weight_ = reordered_ ? reorder(weight) : std::move(weight);
  bias_ = std::move(bias);
}

Tensor FrozenLinear::operator()(const Tensor& x) const {
  if (panels_.defined()) return panels_(x);
  return reordered_ ? linear_reordered(x, weight_, bias_) : at::linear(x, weight_, optional(bias_));
}

FrozenGated::FrozenGated(Tensor weight, Activation activation) : activation_(activation) {
  if (packs_into_panels(weight))
    panels_ = GatedPanelMatrix(weight, activation);
  else
    gate_up_ = FrozenLinear(std::move(weight));
}

Tensor FrozenGated::operator()(const Tensor& x) const {
  return panels_.defined() ? panels_(x) : gated(activation_, gate_up_(x));
}

FrozenLinear read_joined(const NamedWeights& weights, std::string_view block,
                         std::initializer_list<std::string_view> names, at::ScalarType dtype,
                         c10::Device device) {
  std::vector<std::string> weight, bias;
  for (const std::string_view name : names) {
    weight.push_back(fmt::format("{}{}.weight", block, name));
    bias.push_back(fmt::format("{}{}.bias", block, name));
  }
  return FrozenLinear(weights.read_joined(weight, dtype).to(device),
                      weights.read_joined(bias, dtype).to(device));
}

}  // namespace lidit

#include "harness/training/flop_counter.h"

#include <ATen/core/Tensor.h>
#include <ATen/record_function.h>

#include <string_view>

namespace lidit {
namespace {

thread_local double counted = 0;

using Inputs = c10::ArrayRef<const c10::IValue>;

c10::IntArrayRef shape(Inputs inputs, std::size_t i) { return inputs.at(i).toTensor().sizes(); }
double product(c10::IntArrayRef sizes) {
  return static_cast<double>(c10::multiply_integers(sizes));
}

/// (..,n,m) times (..,m,p).
double matrix_product(c10::IntArrayRef a, c10::IntArrayRef b) {
  return 2 * product(a) * static_cast<double>(b.back());
}

/// Each place of the output sums up one filter. Arguments: input (N,C,..), weight (O,C/groups,..),
/// bias, stride, padding, dilation, ...
double convolution(Inputs inputs) {
  const auto image = shape(inputs, 0), weight = shape(inputs, 1);
  const auto stride = inputs.at(3).toIntVector(), padding = inputs.at(4).toIntVector(),
             dilation = inputs.at(5).toIntVector();
  const auto along = [](const std::vector<std::int64_t>& sizes, std::size_t i) {
    return sizes.size() == 1 ? sizes[0] : sizes.at(i);  // one number for all dimensions
  };
  double places = static_cast<double>(image[0]);
  for (std::size_t i = 0; i + 2 < image.size(); ++i) {
    const std::int64_t covered = along(dilation, i) * (weight[i + 2] - 1) + 1;
    places *= static_cast<double>(
        (image[i + 2] + 2 * along(padding, i) - covered) / along(stride, i) + 1);
  }
  return 2 * places * product(weight);
}

/// Fused attention: queries (B,H,N,E) with keys (B,H,M,E), and the weights (N,M) with values
/// (B,H,M,V).
double fused_attention(Inputs inputs) {
  const auto queries = shape(inputs, 0), values = shape(inputs, 2);
  return 2 * product(queries.slice(0, 3)) * static_cast<double>(values[2]) *
         static_cast<double>(queries.back() + values.back());
}

/// 0 for what is no product. Those that are made of others (linear, matmul, einsum) are counted by
/// these.
double flops_of(std::string_view name, Inputs inputs) {
  if (name == "aten::mm" || name == "aten::bmm")
    return matrix_product(shape(inputs, 0), shape(inputs, 1));
  if (name == "aten::addmm" || name == "aten::baddbmm")
    return matrix_product(shape(inputs, 1), shape(inputs, 2));
  if (name == "aten::convolution") return convolution(inputs);
  if (name.starts_with("aten::_scaled_dot_product_") && !name.ends_with("_math"))
    return fused_attention(inputs);
  return 0;
}

std::unique_ptr<at::ObserverContext> count(const at::RecordFunction& function) {
  counted += flops_of(function.name(), function.inputs());
  return nullptr;
}

}  // namespace

double count_flops(const std::function<void()>& work) {
  struct Counting {
    Counting()
        : handle(
              at::addThreadLocalCallback(at::RecordFunctionCallback(count).needsInputs(true).scopes(
                  {at::RecordScope::FUNCTION}))) {}
    ~Counting() { at::removeCallback(handle); }
    Counting(const Counting&) = delete;
    Counting& operator=(const Counting&) = delete;
    at::CallbackHandle handle;
  };
  counted = 0;
  const Counting counting;
  work();
  return counted;
}

}  // namespace lidit

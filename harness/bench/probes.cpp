#include "harness/bench/probes.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "encoders/llm/frozen_linear.h"
#include "harness/bench/tiled_weights.h"

namespace lidit {
namespace {

constexpr std::int64_t kLargeRows = 512, kLargeWidth = 4096, kCopied = 64 << 20;  // fp32 values

struct Product {
  Tensor x;
  FrozenLinear linear;
  std::int64_t count;
};

Tensor tiled(at::IntArrayRef shape, at::ScalarType dtype, c10::Device device) {
  const Tensor values = at::empty(shape, at::TensorOptions(device).dtype(dtype));
  fill_tiled(values, 0.1);
  return values;
}

}  // namespace

Probe product_probe(const std::vector<MatrixProduct>& products, at::ScalarType dtype,
                    c10::Device device) {
  std::vector<Product> all;
  double flops = 0;
  for (const auto& [rows, in, out, count] : products) {
    all.push_back(
        {tiled({rows, in}, dtype, device), FrozenLinear(tiled({out, in}, dtype, device)), count});
    flops += 2.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out) *
             static_cast<double>(count);
  }
  return {[all = std::move(all)] {
            const c10::NoGradGuard no_grad;
            for (const Product& product : all)
              for (std::int64_t i = 0; i < product.count; ++i) wait_for(product.linear(product.x));
          },
          flops};
}

Probe large_product_probe(at::ScalarType dtype, c10::Device device) {
  return product_probe({{kLargeRows, kLargeWidth, kLargeWidth}}, dtype, device);
}

Probe copy_probe(c10::Device device) {
  const Tensor from = tiled({kCopied}, at::kFloat, device), to = at::empty_like(from);
  return {[from, to] {
            to.copy_(from);
            wait_for(to);
          },
          2.0 * sizeof(float) * static_cast<double>(kCopied)};
}

}  // namespace lidit

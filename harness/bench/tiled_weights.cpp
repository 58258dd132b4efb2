#include "harness/bench/tiled_weights.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "harness/training/draws.h"

namespace lidit {
namespace {

constexpr std::int64_t kTile = 1 << 16;  // values
constexpr double kMatrixDeviation = 0.02;

const Tensor& tile() {
  static const Tensor values = normal_tensor(Philox(0, "tile"), {kTile});
  return values;
}

}  // namespace

void fill_tiled(const Tensor& out, double deviation) {
  const c10::NoGradGuard no_grad;
  TORCH_CHECK(out.is_contiguous(), "tiles are laid into contiguous tensors");
  const Tensor flat = out.view({-1});
  const Tensor scaled = (tile() * deviation).to(out.options());
  for (std::int64_t begin = 0; begin < flat.numel(); begin += kTile) {
    const std::int64_t count = std::min(kTile, flat.numel() - begin);
    flat.narrow(0, begin, count).copy_(scaled.narrow(0, 0, count));
  }
}

void fill_matrices(torch::nn::Module& module) {
  for (const Tensor& parameter : module.parameters())
    if (parameter.dim() >= 2) fill_tiled(parameter.detach(), kMatrixDeviation);
}

Tensor TiledWeights::read(std::string_view name, at::ScalarType dtype) const {
  const auto found = std::ranges::find(expected_, name, &ExpectedTensor::name);
  TORCH_CHECK(found != expected_.end(), "no tensor called ", std::string(name));
  if (found->optional) return {};
  const auto options = at::TensorOptions().dtype(dtype);
  if (found->shape.size() < 2)
    return name.find("orm") != name.npos && name.ends_with("weight")
               ? at::ones(found->shape, options)
               : at::zeros(found->shape, options);
  const Tensor out = at::empty(found->shape, options);
  fill_tiled(out, 1 / std::sqrt(static_cast<double>(out.size(-1))));
  return out;
}

Tensor TiledWeights::read_joined(std::span<const std::string> names, at::ScalarType dtype) const {
  std::vector<Tensor> parts;
  for (const std::string& name : names) parts.push_back(read(name, dtype));
  return at::cat(parts);
}

}  // namespace lidit

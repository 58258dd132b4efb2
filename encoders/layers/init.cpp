#include "encoders/layers/init.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "encoders/layers/modulation.h"
#include "results/philox.h"

namespace lidit {
namespace {

// The draws are made in fp32 on the host, whatever the parameter's type and device are.
void assign(const Tensor& parameter, std::vector<float>& values) {
  const torch::NoGradGuard no_grad;
  Tensor(parameter).copy_(at::from_blob(values.data(), parameter.sizes(), at::kFloat));
}

std::vector<float> buffer_for(const Tensor& parameter) {
  return std::vector<float>(static_cast<std::size_t>(parameter.numel()));
}

}  // namespace

void fill_xavier_uniform(const Tensor& parameter, std::uint64_t seed, std::string_view stream) {
  TORCH_CHECK(parameter.dim() >= 2, "Xavier needs a matrix, got ", parameter.sizes());
  const auto field = static_cast<double>(parameter[0][0].numel());
  const double fans = field * static_cast<double>(parameter.size(0) + parameter.size(1));
  const auto bound = static_cast<float>(std::sqrt(6.0 / fans));
  std::vector<float> values = buffer_for(parameter);
  Philox(seed, stream).fill_uniform(values);
  for (float& x : values) x = (2 * x - 1) * bound;
  assign(parameter, values);
}

void fill_normal(const Tensor& parameter, double deviation, std::uint64_t seed,
                 std::string_view stream) {
  std::vector<float> values = buffer_for(parameter);
  Philox(seed, stream).fill_normal(values);
  for (float& x : values) x *= static_cast<float>(deviation);
  assign(parameter, values);
}

void initialize(torch::nn::Module& module, std::uint64_t seed, std::string_view prefix) {
  const torch::NoGradGuard no_grad;
  for (const auto& item : module.named_parameters()) {
    const std::string name = std::string(prefix) + "." + item.key();
    Tensor parameter = item.value();
    if (parameter.dim() >= 2) {
      fill_xavier_uniform(parameter, seed, name);
    } else if (name.ends_with("bias")) {
      parameter.zero_();
    } else {
      TORCH_CHECK(name.ends_with("weight"), "no rule to initialise ", name, " of shape ",
                  parameter.sizes());
      parameter.fill_(1);
    }
  }
  module.apply([](torch::nn::Module& child) {
    if (auto* modulation = child.as<ModulationImpl>()) modulation->reset();
  });
}

}  // namespace lidit

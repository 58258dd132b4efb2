#include "encoders/layer_mix.h"

#include <ATen/ATen.h>

#include "encoders/layers/norms.h"

namespace lidit {
namespace {

Tensor normalized(const Tensor& layers) {
  return at::layer_norm(layers.to(at::kFloat), {layers.size(2)}, {}, {}, kNormEpsilon);
}

Tensor mixed(const Tensor& layers, LayerMix mix) {
  switch (mix) {
    case LayerMix::single:
      return layers;
    case LayerMix::mean:
      return layers.mean(0, /*keepdim=*/true, at::kFloat);
    case LayerMix::normalized_mean:
      return normalized(layers).mean(0, /*keepdim=*/true);
    case LayerMix::concat:
      return normalized(layers).transpose(0, 1).flatten(1).unsqueeze(0);  // (1,S,K D)
    case LayerMix::learned:
    case LayerMix::per_block:
      return normalized(layers);
  }
  TORCH_CHECK(false, "no such mix of layers: ", static_cast<int>(mix));
}

}  // namespace

std::string_view name_of(LayerMix mix) {
  for (const auto& [name, known] : kLayerMixes)
    if (known == mix) return name;
  TORCH_CHECK(false, "no such mix of layers: ", static_cast<int>(mix));
}

bool is_trained(LayerMix mix) { return mix == LayerMix::learned || mix == LayerMix::per_block; }

Tensor mix_layers(const Tensor& layers, LayerMix mix) {
  TORCH_CHECK(layers.dim() == 3, "hidden states must be (K,S,D), got ", layers.sizes());
  return mixed(layers, mix).to(layers.scalar_type());
}

std::int64_t mixed_count(LayerMix mix, std::int64_t layers) {
  return mix == LayerMix::single || is_trained(mix) ? layers : 1;
}

std::int64_t mixed_width(LayerMix mix, std::int64_t layers, std::int64_t width) {
  return mix == LayerMix::concat ? layers * width : width;
}

}  // namespace lidit

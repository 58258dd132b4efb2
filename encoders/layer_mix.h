// How several hidden states of a token become one: layer selection.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace lidit {

using at::Tensor;

/// Except of `single` and `mean`, layers are normalised first: LayerNorm without parameters, which
/// makes states of different blocks comparable (norms grow by orders of magnitude with depth).
enum class LayerMix {
  single,           // one hidden state, as it is (LI-DiT section 5.1)
  mean,             // the plain mean
  normalized_mean,  // the mean of normalised layers (arXiv 2506.08210; GRAN-TED "norm-avg")
  concat,           // normalised layers side by side, channel by channel (Ovis-U1, table 9)
  learned,          // softmax weights that are trained (GRAN-TED; "static" of Semantic Routing)
  per_block         // softmax weights for each block of the backbone (Semantic Routing, depth-wise)
};

/// What a spec calls them.
inline constexpr std::pair<std::string_view, LayerMix> kLayerMixes[] = {
    {"single", LayerMix::single},
    {"mean", LayerMix::mean},
    {"normalized-mean", LayerMix::normalized_mean},
    {"concat", LayerMix::concat},
    {"learned", LayerMix::learned},
    {"per-block", LayerMix::per_block}};
std::string_view name_of(LayerMix mix);

/// Whether the trained side does the mixing, so that features hold every layer.
bool is_trained(LayerMix mix);

/// The frozen part of a mix, (K,S,D) hidden states -> what features hold, in the same type: one
/// state (1,S,D); (1,S,K D) side by side; all layers (K,S,D), normalised, where is_trained. With
/// `single` states stay as they are.
Tensor mix_layers(const Tensor& layers, LayerMix mix);

/// How many states mix_layers gives from `layers`, and how wide they are.
std::int64_t mixed_count(LayerMix mix, std::int64_t layers);
std::int64_t mixed_width(LayerMix mix, std::int64_t layers, std::int64_t width);

}  // namespace lidit

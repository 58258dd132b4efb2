// A trained mix of hidden states: softmax weights over layers.
#pragma once
#include <torch/nn/module.h>

#include <cstdint>

#include "encoders/features.h"

namespace lidit {

/// sum_k softmax(w_g)_k h_k for each of G readers of K layers (Semantic Routing, arXiv 2602.03510;
/// G = 1: one mix for all). Starts uniform: as the mean of the layers.
class LayerWeightsImpl : public torch::nn::Module {
 public:
  LayerWeightsImpl(std::int64_t readers, std::int64_t layers);
  Tensor forward(const Tensor& layers);  // (K,S,D) -> (G,S,D), in the weights' type
  /// Uniform again. What `initialize` is followed by.
  void reset();
  /// Frozen weights get no gradient, so that the optimiser leaves them exactly as they are.
  void freeze(bool frozen);

  Tensor logits;  // (G,K)
};
TORCH_MODULE(LayerWeights);

}  // namespace lidit

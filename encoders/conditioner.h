// The trained half of a strategy: frozen features in, conditioning of the backbone out.
#pragma once
#include <torch/nn/module.h>

#include "encoders/features.h"

namespace lidit {

/// What the backbone sees of the text; it does not know which strategy made it.
struct Conditioning {
  Tensor tokens;  // (G,B,T,D) keys and values of cross-attention; G = 1: the same for every block
  Tensor mask;    // (B,T) bool, true on real tokens; every row has at least one
  Tensor pooled;  // (B,D) added to the time embedding for modulation, if the backbone reads it
  Tensor
      source;  // (B,T,2) int64: encoder and token (row within the prompt) it came from; -1 if none
};

class Conditioner : public torch::nn::Module {
 public:
  /// `time_embedding` (B,D); `keep` (B) bool: false replaces the row by the learned null.
  virtual Conditioning condition(const FrozenFeatures& features, const Tensor& time_embedding,
                                 const Tensor& keep) = 0;
  /// Takes what it needs to know of the training captions as a whole, once, before the first step.
  virtual void fit(const FrozenFeatures& /*training*/) {}
  /// Called before every training step with the part of training that is done, in [0, 1): what
  /// changes over training is a function of it, so that a resumed run goes on as it would have.
  virtual void progress(double /*fraction*/) {}
  /// If not, the sampler conditions once per prompt instead of once per step.
  virtual bool depends_on_time() const = 0;
};

}  // namespace lidit

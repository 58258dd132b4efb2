// What is trained for one frozen encoder before its tokens meet those of others.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>

#include "encoders/features.h"
#include "encoders/refiners/linguistic_token_refiner.h"
#include "encoders/strategies/settings.h"
#include "encoders/strategies/token_layout.h"

namespace lidit {

/// Linear(SiLU(Linear(x))): pooled text to the backbone's width. (B,D_llm) -> (B,D).
class PooledProjectionImpl : public torch::nn::Module {
 public:
  PooledProjectionImpl(std::int64_t features, std::int64_t width);
  Tensor forward(const Tensor& pooled);

  torch::nn::Linear fc1{nullptr}, fc2{nullptr};
};
TORCH_MODULE(PooledProjection);

struct TextBranchOptions {
  std::int64_t encoder_width;  // D_llm
  std::int64_t width, heads;   // of the backbone
  FeatureNorm feature_norm = FeatureNorm::rms;
  RefinerSettings refiner;
};

class TextBranchImpl : public torch::nn::Module {
 public:
  explicit TextBranchImpl(const TextBranchOptions& options);
  /// Normalised, mapped to width and padded: (B,T,D), T as of the layout.
  Tensor project(const EncoderFeatures& features, const TokenLayout& layout);
  /// The mean over all tokens, prefix included, of states with unit root mean square (raw ones are
  /// drowned by the first token), mapped to width: (B,D).
  Tensor pool(const EncoderFeatures& features);

  torch::nn::Linear projection{nullptr};
  PooledProjection pooled_projection{nullptr};
  LinguisticTokenRefiner refiner{nullptr};  // empty when its depth is 0

 private:
  Tensor adapt(const Tensor& states);  // (S,D_llm) -> (S,D)

  FeatureNorm feature_norm_;
};
TORCH_MODULE(TextBranch);

}  // namespace lidit

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

/// States of a batch, ready for the linear maps.
struct NormalizedStates {
  Tensor tokens;  // (S,D_llm) packed
  Tensor prefix;  // (P,D_llm)
};

class TextBranchImpl : public torch::nn::Module {
 public:
  explicit TextBranchImpl(const TextBranchOptions& options);
  /// FeatureNorm::standardized: mean and deviation of each dimension over the packed tokens of
  /// `training`. Kept as buffers, saved with the weights.
  void fit(const EncoderFeatures& training);
  /// As the options' feature_norm says, in fp32 on the weights' device.
  NormalizedStates normalize(const EncoderFeatures& features) const;
  /// Mapped to width and padded: (B,T,D), T as of the layout.
  Tensor project(const NormalizedStates& states, const TokenLayout& layout);
  /// The mean over all tokens of each prompt (offsets (B+1)), prefix included, mapped to width:
  /// (B,D). States that were not normalised get unit root mean square first, because raw ones are
  /// drowned by the first token.
  Tensor pool(const NormalizedStates& states, const Tensor& offsets);

  torch::nn::Linear projection{nullptr};
  PooledProjection pooled_projection{nullptr};
  LinguisticTokenRefiner refiner{nullptr};  // empty when its depth is 0

 private:
  Tensor normalize(const Tensor& layers) const;  // (1,S,D_llm) -> (S,D_llm)

  FeatureNorm feature_norm_;
  Tensor feature_mean_, feature_scale_;  // (D_llm), where standardized
};
TORCH_MODULE(TextBranch);

}  // namespace lidit

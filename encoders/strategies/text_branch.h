// What is trained for one frozen encoder before its tokens meet those of others.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>

#include "encoders/features.h"
#include "encoders/layers/norms.h"
#include "encoders/refiners/linguistic_token_refiner.h"
#include "encoders/refiners/resampler.h"
#include "encoders/strategies/layer_weights.h"
#include "encoders/strategies/part_options.h"
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
  BranchShape shape;
  FeatureNorm feature_norm = FeatureNorm::rms;
  LayerMix mix = LayerMix::single;
  std::int64_t layers = 1;     // K, what a trained mix mixes
  std::int64_t blocks = 1;     // of the backbone
  double layer_freeze_at = 1;  // see EncoderPart
  AdapterSettings adapter{};
  RefinerSettings refiner{};
  bool pools = true;  // false: nobody reads the pooled text, and nothing is trained for it
};

/// States of a batch, ready for the linear maps.
struct NormalizedStates {
  Tensor tokens;  // (S,D_llm) packed, or (G,S,D_llm) with states for each block of the backbone
  Tensor prefix;  // (P,D_llm) or (G,P,D_llm)
};

/// The rows of a prompt whose states its pooled text is made of: prefix and prompt, the caption
/// alone, or the last one alone (CLIP's end token).
enum class PooledRows { all, caption, last };

class TextBranchImpl : public torch::nn::Module {
 public:
  explicit TextBranchImpl(const TextBranchOptions& options);
  /// What does not start as `initialize` has it: equal weights of layers, feature scales of 0.01.
  void reset();
  /// See Conditioner: freezes the weights of layers when their time has come.
  void progress(double fraction);
  /// FeatureNorm::standardized: mean and deviation of each dimension over the packed tokens of
  /// `training`, layers mixed as they are now. Kept as buffers, saved with the weights.
  void fit(const EncoderFeatures& training);
  /// Layers mixed and states normalised as the options say, in fp32 on the weights' device.
  NormalizedStates normalize(const EncoderFeatures& features);
  /// Mapped to width and padded: (B,T,D), or (G,B,T,D), T as of the layout. Where the refiner works
  /// at the encoder's width, padded alone: (B,T,D_llm).
  Tensor project(const NormalizedStates& states, const TokenLayout& layout);
  /// What project() gave through the refiner, if there is one, to the backbone's width: (B,T,D);
  /// through a resampler: (B,Q,D). `time` and `text` (B,D) may be undefined where nothing reads
  /// them.
  Tensor refine(const Tensor& tokens, const Tensor& mask, const Tensor& time, const Tensor& text);
  /// Whether refine() reads the time.
  bool depends_on_time() const;
  /// The mean over `rows` of each prompt, mapped to width: (B,D). `states` are those of `features`.
  /// States that have not unit scale get it first, because raw ones are drowned by the first token;
  /// where every block has states of its own, their mean is pooled.
  Tensor pool(const NormalizedStates& states, const EncoderFeatures& features, PooledRows rows);

  LayerWeights layer_weights{nullptr};               // empty unless the mix is trained
  torch::nn::LayerNorm feature_layer_norm{nullptr};  // "feature_norm" of affine_layer_norm
  RMSNorm feature_rms_norm{nullptr};                 // "feature_norm" of scaled_rms
  torch::nn::Linear projection{nullptr}, projection_out{nullptr};  // the second of an MLP alone
  PooledProjection pooled_projection{nullptr};                     // empty if it does not pool
  LinguisticTokenRefiner refiner{nullptr};                         // empty when its depth is 0
  torch::nn::Linear condition_projection{nullptr};  // of gates at the encoder's width
  Resampler resampler{nullptr};                     // empty with another adapter

 private:
  void register_feature_norm(std::int64_t width);
  Tensor mix(const Tensor& layers);        // (K,S,D_llm) -> (S,D_llm) or (G,S,D_llm)
  Tensor normalize(const Tensor& layers);  // (K,S,D_llm) -> (S,D_llm) or (G,S,D_llm)
  Tensor adapt(const Tensor& rows);        // (...,D_llm) -> (...,D)
  Tensor gate_condition(const Tensor& time, const Tensor& text);

  FeatureNorm feature_norm_;
  double layer_freeze_at_;
  RefinerConditioning conditioning_;
  bool refines_states_;                  // before the adapter
  bool timed_;                           // the resampler
  Tensor feature_mean_, feature_scale_;  // (D_llm), where standardized
};
TORCH_MODULE(TextBranch);

}  // namespace lidit

// The LI-DiT backbone (paper section 3.2): a diffusion transformer that reads text, by
// cross-attention if not told otherwise. It sees a Conditioning and does not know which strategy
// made it.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "encoders/conditioner.h"
#include "encoders/layers/timestep_embedding.h"
#include "harness/backbone/backbone_block.h"
#include "harness/backbone/final_layer.h"
#include "harness/backbone/position_block.h"

namespace lidit {

struct LiDiTOptions {
  std::int64_t image_size, channels;  // images are (B,channels,image_size,image_size)
  std::int64_t patch, width, depth, heads;
  GateInit gate_init = GateInit::zero;
  std::optional<double> position_sd = {};  // a learned position table that starts this wide
  TextInjection injection = TextInjection::cross_attention;
  bool pooled_text = true;  // the modulation reads the pooled text besides the time
  std::uint64_t seed = 0;   // of the initial weights

  std::int64_t patches() const { return (image_size / patch) * (image_size / patch); }
};

/// Throws SpecError when the sizes do not fit together.
void check(const LiDiTOptions& options);

class LiDiTImpl : public torch::nn::Module {
 public:
  /// Weights are a function of options.seed and of their names alone.
  explicit LiDiTImpl(const LiDiTOptions& options);

  /// t (B) -> (B,D): part of the condition here, and what a conditioner is given.
  Tensor time_embedding(const Tensor& t);
  /// x_t (B,C,H,W), time_embedding (B,D), conditioning of width D -> (B,C,H,W): the prediction.
  /// Without a position table any multiple of the patch will do for H and W.
  /// A dual-stream backbone carries one text through its blocks: its conditioning has G = 1.
  Tensor forward(const Tensor& x_t, const Tensor& time_embedding, const Conditioning& conditioning);
  /// The weights of attention and FFN of all blocks, as handles: what Muon is for.
  std::vector<Tensor> hidden_matrices() const;

  const LiDiTOptions options;

 private:
  void initialize_weights();
  void check_inputs(const Tensor& x_t, const Conditioning& conditioning) const;

  torch::nn::Linear patch_embedding_{nullptr};
  TimestepEmbedding time_embedding_{nullptr};
  PositionBlock position_block_{nullptr};
  Tensor positions_;  // (N,D), or undefined
  std::vector<std::shared_ptr<BackboneBlock>> blocks_;
  FinalLayer final_layer_{nullptr};
};
TORCH_MODULE(LiDiT);

}  // namespace lidit

// A small classifier in the backbone's place: what stands where, read off the conditioning alone.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "encoders/conditioner.h"
#include "encoders/layers/attention.h"
#include "encoders/layers/feed_forward.h"
#include "metrics/scenes/preset.h"
#include "metrics/scenes/scene.h"

namespace lidit {

struct ReadoutOptions {
  std::int64_t width = 0, depth = 0, heads = 0;  // those of the backbone that it stands in for
  std::uint64_t seed = 0;
};

/// One query per place of the grid reads the text by cross-attention, block by block; then a linear
/// map per attribute says which object stands there. No image, no noise, no time.
class ReadoutImpl : public torch::nn::Module {
 public:
  ReadoutImpl(const ReadoutOptions& options, const scenes::Preset& preset);

  /// Logits of every attribute that the preset speaks of, besides the place: (B,P,values); of the
  /// shape one value more, which means that the place is empty. By scenes::Attribute; undefined
  /// where there is nothing to say.
  std::array<Tensor, scenes::kAttributes> forward(const Conditioning& conditioning);

 private:
  struct Block {
    Attention attention{nullptr};
    FeedForward feed_forward{nullptr};
  };

  Tensor queries_;  // (P,D)
  std::vector<Block> blocks_;
  std::array<torch::nn::Linear, scenes::kAttributes> heads_;
};
TORCH_MODULE(Readout);

/// What the logits should say of scenes, (B,P) int64 per attribute: the value, and where the place
/// is empty kEmptyPlace or, of the shape, its one value more.
inline constexpr std::int64_t kEmptyPlace = -1;
std::array<Tensor, scenes::kAttributes> readout_targets(const scenes::Preset& preset,
                                                        std::span<const scenes::Scene> scenes);

/// Cross-entropy: the mean over places of the shape's, plus, of every other attribute, the mean
/// over places that hold an object. `targets` as of readout_targets, on the logits' device.
Tensor readout_loss(const std::array<Tensor, scenes::kAttributes>& logits,
                    const std::array<Tensor, scenes::kAttributes>& targets);

/// The likeliest scene of each prompt.
std::vector<scenes::Scene> most_likely(const scenes::Preset& preset,
                                       const std::array<Tensor, scenes::kAttributes>& logits);

}  // namespace lidit

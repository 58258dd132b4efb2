// Collaborative refiner (LI-DiT section 3.1, Fig. 5): the tokens of each encoder read those of the
// others.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>
#include <vector>

#include "encoders/layers/attention.h"
#include "encoders/layers/feed_forward.h"
#include "encoders/layers/modulation.h"

namespace lidit {

struct CollaborativeRefinerOptions {
  std::int64_t width;
  std::int64_t heads;
  std::int64_t encoders = 2;  // at least two
  std::int64_t depth = 1;
  bool modulated = true;  // false: plain residuals, neither shift, scale nor gate
  GateInit gate = GateInit::zero;
};

/// One encoder's tokens between the refiners; zeros on padding come out.
struct RefinerBranch {
  Tensor tokens;  // (B,T,D)
  Tensor mask;    // (B,T) bool
  Tensor c;       // (B,D): time embedding plus this encoder's pooled text; unread if unmodulated
};

/// One branch of one block:
/// x += g1 * CA(q = (1 + s1) LN(x) + b1, kv = LN(others)); x += g2 * FFN((1 + s2) LN(x) + b2).
class CollaborativeBranchImpl : public torch::nn::Module {
 public:
  explicit CollaborativeBranchImpl(const CollaborativeRefinerOptions& options);
  /// `own` and `others` are packed tokens (S,D); `bias` (B,1,1,T) of the others' padded batch.
  Tensor forward(const Tensor& own, const Packing& own_packing, const Tensor& c,
                 const Tensor& others, const Packing& others_packing, const Tensor& bias);

  Modulation modulation{nullptr};  // empty if unmodulated
  torch::nn::LayerNorm attention_norm{nullptr}, others_norm{nullptr}, feed_forward_norm{nullptr};
  Attention attention{nullptr};
  FeedForward feed_forward{nullptr};
};
TORCH_MODULE(CollaborativeBranch);

/// `depth` blocks of parallel branches; in a block every branch reads what the others were before
/// it. With closed gates it starts as the identity, which is fusion by concatenation.
class CollaborativeRefinerImpl : public torch::nn::Module {
 public:
  explicit CollaborativeRefinerImpl(const CollaborativeRefinerOptions& options);
  /// The branches with refined tokens.
  std::vector<RefinerBranch> forward(std::vector<RefinerBranch> branches);

  torch::nn::ModuleList blocks;  // of ModuleLists with one CollaborativeBranch an encoder
};
TORCH_MODULE(CollaborativeRefiner);

}  // namespace lidit

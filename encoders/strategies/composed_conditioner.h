// The composition that every strategy is: adapters, refiners, fusion, crop, null.
#pragma once
#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>
#include <vector>

#include "encoders/conditioner.h"
#include "encoders/refiners/channel_join.h"
#include "encoders/refiners/collaborative_refiner.h"
#include "encoders/strategies/settings.h"
#include "encoders/strategies/text_branch.h"
#include "encoders/strategy_table.h"

namespace lidit {

class ComposedConditioner : public Conditioner {
 public:
  /// `encoder_widths`: D_llm of each encoder. Weights depend on the context's seed and on the
  /// names of the parameters alone, so parts that two strategies share start equal.
  ComposedConditioner(const StrategySettings& settings,
                      const std::vector<std::int64_t>& encoder_widths, const BuildContext& context);

  /// See Conditioner. G = 1, but the backbone's depth with LayerMix::per_block; pooled is zero
  /// where the backbone does not read it. The time embedding is not read, and may be undefined,
  /// where depends_on_time() is false. A caption without tokens becomes the null, as if it were
  /// dropped.
  Conditioning condition(const FrozenFeatures& features, const Tensor& time_embedding,
                         const Tensor& keep) override;
  void fit(const FrozenFeatures& training) override;
  void progress(double fraction) override;
  bool depends_on_time() const override;

  torch::nn::ModuleList encoders;        // of TextBranch; a single one where they share it
  CollaborativeRefiner fusion{nullptr};  // empty when it has no blocks
  ChannelJoin channel_join{nullptr};     // empty when tokens are joined one behind the other
  Tensor null_tokens, null_pooled;       // (1,D) each; the second where the backbone pools

 private:
  void build_fusion(const FusionSettings& settings, const BuildContext& context);
  TextBranchImpl& branch_of(std::size_t encoder) const;
  PooledRows pooled_rows_of(const EncoderFeatures& features) const;
  /// One encoder's states to what joins the others; `layout` becomes that of the tokens.
  RefinerBranch refine(const NormalizedStates& states, TextBranchImpl& branch, const Tensor& time,
                       const Tensor& text, TokenLayout& layout) const;
  void join_channels(std::vector<RefinerBranch>& branches, std::vector<TokenLayout>& layouts);

  std::size_t encoder_count_;
  bool fusion_is_modulated_ = false;
  PrefixCrop crop_;
};

}  // namespace lidit

// The composition that every strategy is: adapters, refiners, fusion, crop, null.
#pragma once
#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>
#include <vector>

#include "encoders/conditioner.h"
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

  /// See Conditioner. G = 1, but the backbone's depth with LayerMix::per_block. The time embedding
  /// is not read, and may be undefined, where depends_on_time() is false. A caption without tokens
  /// becomes the null, as if it were dropped.
  Conditioning condition(const FrozenFeatures& features, const Tensor& time_embedding,
                         const Tensor& keep) override;
  void fit(const FrozenFeatures& training) override;
  void progress(double fraction) override;
  bool depends_on_time() const override;

  torch::nn::ModuleList encoders;        // of TextBranch
  CollaborativeRefiner fusion{nullptr};  // empty when it has no blocks
  Tensor null_tokens, null_pooled;       // (1,D) each

 private:
  PrefixCrop crop_;
};

}  // namespace lidit

#include "harness/backbone/backbone_block.h"

#include <ATen/ATen.h>

#include "encoders/layers/norms.h"
#include "harness/backbone/dual_stream_block.h"
#include "harness/backbone/in_context_block.h"
#include "harness/backbone/lidit_block.h"

namespace lidit {

std::shared_ptr<BackboneBlock> make_block(TextInjection injection,
                                          const BackboneBlockOptions& options) {
  switch (injection) {
    case TextInjection::cross_attention:
      return std::make_shared<LiDiTBlock>(options);
    case TextInjection::in_context:
      return std::make_shared<InContextBlock>(options);
    case TextInjection::dual_stream:
      return std::make_shared<DualStreamBlock>(options);
  }
  TORCH_CHECK(false, "no such text injection");
}

Tensor plain_layer_norm(const Tensor& x) {
  return at::layer_norm(x, {x.size(-1)}, {}, {}, kNormEpsilon);
}

std::vector<Tensor> weights_of(const std::vector<FeedForward>& feed_forwards,
                               const std::vector<Attention>& attentions) {
  std::vector<Tensor> weights;
  for (const FeedForward& part : feed_forwards)
    for (const auto& map : {part->fc1, part->fc2}) weights.push_back(map->weight);
  for (const Attention& part : attentions)
    for (const auto& map : {part->q_proj, part->k_proj, part->v_proj, part->o_proj})
      if (map) weights.push_back(map->weight);
  return weights;
}

}  // namespace lidit

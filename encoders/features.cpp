#include "encoders/features.h"

#include <ATen/ATen.h>

namespace lidit {
namespace {

EncoderFeatures select(const EncoderFeatures& features, const Tensor& indices) {
  TORCH_CHECK(indices.dim() == 1 && indices.scalar_type() == at::kLong,
              "prompt indices must be (M) int64, got ", indices.sizes());
  const Tensor begin = features.offsets.index_select(0, indices);
  const Tensor lengths = features.offsets.index_select(0, indices + 1) - begin;
  const Tensor offsets = at::cat({at::zeros({1}, lengths.options()), lengths.cumsum(0)});  // (M+1)
  // Row r of prompt i comes from begin[i] + (r - offsets[i]).
  const Tensor rows = at::repeat_interleave(begin - offsets.slice(0, 0, -1), lengths) +
                      at::arange(offsets[-1].item<std::int64_t>(), lengths.options());
  const Tensor rows_of_states = rows.to(features.layers.device());  // which may be a GPU
  return {features.layers.index_select(1, rows_of_states),
          offsets,
          features.prefix,
          features.caption_begin.index_select(0, indices),
          features.spans.index_select(0, rows),
          features.pools_last_row};
}

}  // namespace

FrozenFeatures select_prompts(const FrozenFeatures& features, const Tensor& indices) {
  FrozenFeatures selected;
  for (const EncoderFeatures& encoder : features) selected.push_back(select(encoder, indices));
  return selected;
}

}  // namespace lidit

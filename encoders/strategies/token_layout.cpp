#include "encoders/strategies/token_layout.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace lidit {

TokenLayout token_layout(const EncoderFeatures& features) {
  const Tensor &offsets = features.offsets, &caption_begin = features.caption_begin;
  TORCH_CHECK(offsets.dim() == 1 && offsets.size(0) >= 2 &&
                  caption_begin.sizes() == at::IntArrayRef({offsets.size(0) - 1}),
              "offsets (N+1) and caption_begin (N) do not fit: ", offsets.sizes(), " and ",
              caption_begin.sizes());
  const std::int64_t prefix = features.prefix.size(1), packed = features.layers.size(1);
  const Tensor begin = offsets.slice(0, 0, -1).unsqueeze(1);  // (B,1)
  const Tensor lengths = offsets.diff().unsqueeze(1);         // (B,1)
  const std::int64_t longest = prefix + lengths.max().item<std::int64_t>();
  const Tensor position = at::arange(std::max<std::int64_t>(longest, 1), offsets.options());
  TokenLayout layout;
  layout.token = position - prefix;  // (T)
  layout.mask = layout.token < lengths;
  layout.caption = layout.mask.logical_and(layout.token >= caption_begin.unsqueeze(1));
  layout.begin = caption_begin + prefix;
  const Tensor rows = at::where(position < prefix, position, position + begin);  // (B,T)
  layout.rows = rows.masked_fill(layout.mask.logical_not(), prefix + packed);
  return layout;
}

void crop_prefix(Tensor& tokens, TokenLayout& layout) {
  const std::int64_t begin = layout.begin.min().item<std::int64_t>();
  TORCH_CHECK(layout.begin.max().item<std::int64_t>() == begin,
              "a prefix is cropped where it is as long in every row, got ", layout.begin);
  const std::int64_t first = std::min(begin, tokens.size(-2) - 1);
  tokens = tokens.slice(-2, first);
  for (Tensor* places : {&layout.rows, &layout.mask, &layout.caption})
    *places = places->slice(1, first);
  layout.token = layout.token.slice(0, first);
  layout.begin = layout.begin - first;
}

TokenLayout resampled_layout(const TokenLayout& layout, std::int64_t queries) {
  TokenLayout resampled;
  resampled.mask = layout.caption.any(1, /*keepdim=*/true).expand({-1, queries});
  resampled.caption = resampled.mask;
  resampled.token = at::full({queries}, -1, layout.token.options());
  resampled.begin = at::zeros_like(layout.begin);
  return resampled;
}

CaptionTokens crop_to_captions(const std::vector<Tensor>& branches,
                               const std::vector<TokenLayout>& layouts, const Tensor& keep,
                               const Tensor& null_token) {
  std::vector<Tensor> captions, sources;
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const Tensor& token = layouts[i].token;
    captions.push_back(layouts[i].caption);
    sources.push_back(at::stack({at::full_like(token, static_cast<std::int64_t>(i)), token}, 1));
  }
  const Tensor tokens = at::cat(branches, -2);                                 // (..,B,T,D)
  const Tensor caption = at::cat(captions, 1).logical_and(keep.unsqueeze(1));  // (B,T)
  const Tensor source = at::cat(sources);                                      // (T,2)
  const std::int64_t batch = tokens.size(-3), places = tokens.size(-2), rows = batch * places;
  const Tensor counts = caption.sum(1);  // (B)
  const std::int64_t longest = std::max<std::int64_t>(counts.max().item<std::int64_t>(), 1);

  // Captions first, in their order; what remains of a row is padding.
  const Tensor order =
      caption.argsort(/*stable=*/true, 1, /*descending=*/true).slice(1, 0, longest);  // (B,U)
  const Tensor padding = at::arange(longest, order.options()) >= counts.unsqueeze(1);
  const Tensor first_of_row = at::arange(batch, order.options()).unsqueeze(1) * places;
  Tensor index = (order + first_of_row).masked_fill_(padding, rows + 1);  // of the row of zeros
  CaptionTokens result;
  result.empty = counts == 0;
  index.select(1, 0).masked_fill_(result.empty, rows);  // of the null token
  const Tensor packed = tokens.flatten(-3, -2);         // (..,B T,D)
  const Tensor others = at::cat({null_token, at::zeros_like(null_token)});
  std::vector<std::int64_t> shape = packed.sizes().vec();
  shape[shape.size() - 2] = others.size(0);
  const Tensor table = at::cat({packed, others.expand(shape)}, -2);  // (..,B T + 2,D)
  result.tokens = table.index_select(-2, index.flatten()).unflatten(-2, index.sizes());
  result.mask = index <= rows;
  result.source = source.index_select(0, order.flatten())
                      .view({batch, longest, 2})
                      .masked_fill_(padding.unsqueeze(-1), -1);
  return result;
}

}  // namespace lidit

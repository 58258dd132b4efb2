#include "harness/backbone/dual_stream_block.h"

#include <ATen/ATen.h>

#include "encoders/refiners/token_modulation.h"

namespace lidit {

StreamPartImpl::StreamPartImpl(const BackboneBlockOptions& options, bool answers_only) {
  modulation =
      register_module("modulation", Modulation(ModulationOptions{.width = options.width,
                                                                 .sublayers = answers_only ? 1 : 2,
                                                                 .gates = !answers_only,
                                                                 .gate = options.gate_init}));
  attention = register_module(
      "attention",
      Attention(AttentionOptions{
          .width = options.width, .heads = options.heads, .answers_only = answers_only}));
  if (!answers_only) feed_forward = register_module("feed_forward", FeedForward(options.width));
}

DualStreamBlock::DualStreamBlock(const BackboneBlockOptions& options)
    : image(register_module("image", StreamPart(options, /*answers_only=*/false))),
      text(register_module("text", StreamPart(options, /*answers_only=*/options.last))) {}

Tensor DualStreamBlock::forward(const Tensor& x_in, const Tensor& y, TextStream& stream) {
  const Packing& packing = *stream.packing;
  const auto m = image->modulation(y);
  const auto n = token_modulation(text->modulation, y, packing);
  const Tensor own = m[0].enter(plain_layer_norm(x_in));             // (B,N,D)
  const Tensor other = n[0].enter(plain_layer_norm(stream.tokens));  // (S,D)
  auto &on_image = *image->attention, &on_text = *text->attention;
  const Tensor keys = at::cat({on_image.keys(own), on_text.keys(other, &packing)}, 2);
  const Tensor values = at::cat({on_image.values(own), on_text.values(other, &packing)}, 2);
  const Tensor bias = prepend_visible(stream.bias, own.size(1));  // (B,1,1,N+T)
  const auto attend = [&](const Tensor& queries) {
    return scaled_dot_product(queries, keys, values, bias);
  };
  const Tensor x = m[0].leave(x_in, on_image.output(attend(on_image.queries(own))));
  if (text->feed_forward) {
    const Tensor read = on_text.output(attend(on_text.queries(other, &packing)), &packing);
    const Tensor t = n[0].leave(stream.tokens, read);  // (S,D)
    stream.tokens = n[1].leave(t, text->feed_forward(n[1].enter(plain_layer_norm(t))));
  }
  return m[1].leave(x, image->feed_forward(m[1].enter(plain_layer_norm(x))));
}

std::vector<Tensor> DualStreamBlock::hidden_matrices() const {
  std::vector<FeedForward> feed_forwards = {image->feed_forward};
  if (text->feed_forward) feed_forwards.push_back(text->feed_forward);
  return weights_of(feed_forwards, {image->attention, text->attention});
}

}  // namespace lidit

#include "harness/backbone/lidit.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <cmath>

#include "encoders/layers/init.h"
#include "harness/backbone/patches.h"
#include "results/errors.h"

namespace lidit {
namespace {

LiDiTOptions checked(const LiDiTOptions& options) {
  check(options);
  return options;
}

}  // namespace

void check(const LiDiTOptions& o) {
  const auto divide = [](std::string_view whole, std::int64_t size, std::string_view part,
                         std::int64_t count) {
    if (size < 1 || count < 1 || size % count != 0)
      throw SpecError(fmt::format("the backbone's {} ({}) must be a multiple of its {} ({})", whole,
                                  size, part, count));
  };
  divide("image size", o.image_size, "patch", o.patch);
  divide("width", o.width, "number of heads", o.heads);
  if (o.depth < 1 || o.channels < 1)
    throw SpecError(
        fmt::format("the backbone needs at least one block and one channel, got {} and {}", o.depth,
                    o.channels));
  if (o.position_sd && !(*o.position_sd >= 0 && std::isfinite(*o.position_sd)))
    throw SpecError(
        fmt::format("the position table's deviation must be at least 0, got {}", *o.position_sd));
}

LiDiTImpl::LiDiTImpl(const LiDiTOptions& given) : options(checked(given)) {
  const std::int64_t width = options.width;
  const std::int64_t values = options.patch * options.patch * options.channels;  // of a patch
  patch_embedding_ = register_module("patch_embedding", torch::nn::Linear(values, width));
  time_embedding_ = register_module("time_embedding", TimestepEmbedding(width));
  position_block_ = register_module("position_block", PositionBlock(width));
  if (options.position_sd)
    positions_ = register_parameter("positions", at::zeros({options.patches(), width}));
  torch::nn::ModuleList blocks;
  for (std::int64_t i = 0; i < options.depth; ++i) {
    blocks_.push_back(make_block(options.injection, {.width = width,
                                                     .heads = options.heads,
                                                     .gate_init = options.gate_init,
                                                     .last = i + 1 == options.depth}));
    blocks->push_back(blocks_.back());
  }
  register_module("blocks", blocks);
  final_layer_ = register_module("final_layer", FinalLayer(width, values));
  initialize_weights();
}

void LiDiTImpl::initialize_weights() {
  initialize(*this, options.seed, "backbone");
  const c10::NoGradGuard no_grad;
  final_layer_->reset();
  position_block_->conv2->weight.zero_();
  if (options.position_sd)
    fill_normal(positions_, *options.position_sd, options.seed, "backbone.positions");
}

Tensor LiDiTImpl::time_embedding(const Tensor& t) { return time_embedding_(t); }

Tensor LiDiTImpl::forward(const Tensor& x_t, const Tensor& time_embedding,
                          const Conditioning& conditioning) {
  check_inputs(x_t, conditioning);
  const std::int64_t rows = x_t.size(2) / options.patch, columns = x_t.size(3) / options.patch;
  const Packing packing(conditioning.mask);
  const Tensor bias =
      attention_bias(conditioning.mask, AttentionPattern::full, conditioning.tokens.scalar_type());
  std::vector<TextStream> text;  // G of them
  for (const Tensor& tokens : conditioning.tokens.unbind(0))
    text.push_back({packing.pack(tokens), &packing, bias});

  const Tensor y =
      options.pooled_text ? time_embedding + conditioning.pooled : time_embedding;  // (B,D)
  Tensor x = patch_embedding_(patchify(x_t, options.patch));                        // (B,N,D)
  x = position_block_(x, rows, columns);
  if (positions_.defined()) x = x + positions_;
  for (std::size_t i = 0; i < blocks_.size(); ++i)
    x = blocks_[i]->forward(x, y, text[text.size() == 1 ? 0 : i]);
  return unpatchify(final_layer_(x, y), options.patch, rows, columns);  // (B,C,H,W)
}

void LiDiTImpl::check_inputs(const Tensor& x_t, const Conditioning& conditioning) const {
  TORCH_CHECK(x_t.dim() == 4 && x_t.size(1) == options.channels, "x_t must be (B,",
              options.channels, ",H,W), got ", x_t.sizes());
  TORCH_CHECK(!options.position_sd ||
                  (x_t.size(2) == options.image_size && x_t.size(3) == options.image_size),
              "the position table is for images of side ", options.image_size, ", got ",
              x_t.sizes());
  const Tensor& text = conditioning.tokens;
  TORCH_CHECK(text.dim() == 4 && (text.size(0) == 1 || text.size(0) == options.depth) &&
                  text.size(1) == x_t.size(0) && text.size(3) == options.width,
              "the conditioning's tokens must be (1 or ", options.depth, ",", x_t.size(0), ",T,",
              options.width, "), got ", text.sizes());
  TORCH_CHECK(options.injection != TextInjection::dual_stream || text.size(0) == 1,
              "a dual-stream backbone carries one text through its blocks, got ", text.size(0));
}

std::vector<Tensor> LiDiTImpl::hidden_matrices() const {
  std::vector<Tensor> matrices;
  for (const auto& block : blocks_)
    for (Tensor& matrix : block->hidden_matrices()) matrices.push_back(std::move(matrix));
  return matrices;
}

}  // namespace lidit

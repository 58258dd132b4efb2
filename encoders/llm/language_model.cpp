#include "encoders/llm/language_model.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>

#include "encoders/kernels/panel_matmul.h"
#include "results/errors.h"

namespace lidit {
namespace {

/// With fewer rows, or other remainders, GEMM libraries sum in another order; whole groups of 16
/// rows make a row's result independent of how many rows there are. Products on panels need none.
std::int64_t whole_groups(std::int64_t rows, at::ScalarType dtype, c10::Device device) {
  constexpr std::int64_t kGroup = 16;
  return runs_on_panels(dtype, device) ? rows : (rows + kGroup - 1) / kGroup * kGroup;
}

void check_batch(const TokenBatch& batch, const LanguageModelShape& shape, std::int64_t prefix) {
  const Tensor& offsets = batch.offsets;
  TORCH_CHECK(batch.ids.dim() == 1 && batch.ids.scalar_type() == at::kLong,
              "token ids must be (S) int64, got ", batch.ids.sizes());
  TORCH_CHECK(offsets.dim() == 1 && offsets.numel() >= 1 && offsets.scalar_type() == at::kLong &&
                  offsets.is_cpu() && offsets[0].item<std::int64_t>() == 0 &&
                  offsets[-1].item<std::int64_t>() == batch.ids.numel(),
              "offsets must be (N+1) int64 on the CPU from 0 to ", batch.ids.numel());
  const Tensor own = offsets.diff(), shared = batch.shared;
  TORCH_CHECK(own.numel() == 0 || own.min().item<std::int64_t>() >= 0, "offsets must ascend");
  TORCH_CHECK(
      !shared.defined() || (shape.causal && shared.is_cpu() && shared.scalar_type() == at::kLong &&
                            shared.sizes() == own.sizes()),
      "only prompts of a causal model share their beginnings, (N) int64 on the CPU");
  const Tensor lengths = shared.defined() ? own + shared : own;
  TORCH_CHECK(
      !shared.defined() ||
          (shared.ge(0) & shared.le(at::constant_pad_nd(lengths, {1, -1}))).all().item<bool>(),
      "a prompt shares no more tokens than the prompt before it has");
  TORCH_CHECK(lengths.numel() == 0 || lengths.max().item<std::int64_t>() + prefix <= shape.context,
              "a prompt with its prefix must fit the context of ", shape.context, " tokens");
  TORCH_CHECK(batch.ids.numel() == 0 || (batch.ids.min().item<std::int64_t>() >= 0 &&
                                         batch.ids.max().item<std::int64_t>() < shape.vocabulary),
              "token ids must be within the vocabulary of ", shape.vocabulary);
}

/// (S) position of every row in its prompt, counted from `first`.
Tensor positions_of(const TokenBatch& batch, std::int64_t first) {
  const Tensor& offsets = batch.offsets;
  const Tensor rows = at::arange(offsets[-1].item<std::int64_t>(), offsets.options());
  Tensor begins = offsets.slice(0, 0, -1);  // of the prompts, if all of their tokens were rows
  if (batch.shared.defined()) begins = begins - batch.shared;
  return rows - at::repeat_interleave(begins, offsets.diff()) + first;
}

Tensor padded(const Tensor& rows, std::int64_t count) {
  return rows.size(0) == count ? rows : at::constant_pad_nd(rows, {0, count - rows.size(0)}, 0);
}

}  // namespace

std::int64_t resolve_layer(std::int64_t layer, const LanguageModelShape& shape) {
  if (layer >= -shape.depth - 1 && layer <= shape.depth)
    return layer < 0 ? layer + shape.depth + 1 : layer;
  throw UserError(fmt::format(
      "layer {} does not exist: this model's hidden states go from 0 (embeddings) to {} "
      "(the last block), or from {} to -1 counted from the end",
      layer, shape.depth, -shape.depth - 1));
}

std::vector<std::int64_t> resolve_layers(std::span<const std::int64_t> layers,
                                         const LanguageModelShape& shape) {
  std::vector<std::int64_t> resolved;
  for (const std::int64_t layer : layers) {
    resolved.push_back(resolve_layer(layer, shape));
    if (std::ranges::count(resolved, resolved.back()) > 1)
      throw UserError(fmt::format("layer {} is there twice: it is hidden state {} of {}", layer,
                                  resolved.back(), shape.depth));
  }
  return resolved;
}

LanguageModel::LanguageModel(LanguageModelShape shape, at::ScalarType dtype, c10::Device device)
    : shape_(std::move(shape)), dtype_(dtype), device_(device) {
  TORCH_CHECK(dtype == at::kFloat || dtype == at::kBFloat16,
              "a language model computes in fp32 or bf16, not in ", dtype);
}

Tensor LanguageModel::position_table(const Tensor&) const { return {}; }

Tensor LanguageModel::run(const TokenBatch& batch, std::span<const std::int64_t> layers,
                          const EncodedPrefix& prefix, std::vector<KeyValue>* own) const {
  const c10::NoGradGuard no_gradient;
  check_batch(batch, shape_, prefix.length());
  TORCH_CHECK(!layers.empty() && std::ranges::all_of(layers,
                                                     [this](std::int64_t layer) {
                                                       return layer >= 0 && layer <= shape_.depth;
                                                     }),
              "layers to keep must be within 0..", shape_.depth);
  const std::int64_t last = std::ranges::max(layers), rows = batch.ids.size(0);
  TORCH_CHECK(prefix.length() == 0 || static_cast<std::int64_t>(prefix.blocks.size()) >= last,
              "the prefix was encoded up to block ", prefix.blocks.size(), ", not ", last);
  const std::int64_t padded_rows = whole_groups(rows, dtype_, device_);
  Segments segments{.offsets = batch.offsets, .shared = batch.shared};
  segments.positions = padded(positions_of(batch, prefix.length()), padded_rows).to(device_);
  segments.position_table = position_table(segments.positions);

  std::vector<Tensor> kept(layers.size());
  const auto keep = [&](std::int64_t index, const Tensor& hidden) {
    for (std::size_t i = 0; i < layers.size(); ++i)
      if (layers[i] == index) kept[i] = hidden.narrow(0, 0, rows);
  };
  Tensor hidden = embed(padded(batch.ids, padded_rows).to(device_), segments);  // (S,D)
  keep(0, hidden);
  for (std::int64_t index = 0; index < last; ++index) {
    const KeyValue before = prefix.length() > 0 ? prefix.blocks[index] : KeyValue{};
    hidden = block(index, hidden, segments, before, own ? &own->emplace_back() : nullptr);
    keep(index + 1, index + 1 == shape_.depth ? finish(hidden) : hidden);
  }
  return at::stack(kept);  // (K,S,D)
}

Tensor LanguageModel::encode_packed(const TokenBatch& batch, std::span<const std::int64_t> layers,
                                    const EncodedPrefix& prefix) const {
  return run(batch, layers, prefix, nullptr);
}

EncodedPrefix LanguageModel::encode_prefix(const Tensor& ids,
                                           std::span<const std::int64_t> layers) const {
  EncodedPrefix prefix;
  if (ids.numel() == 0) return prefix;
  TORCH_CHECK(shape_.causal, "only a causal model has a prefix that does not see the prompt");
  prefix.layers =
      run({ids, at::tensor({std::int64_t{0}, ids.numel()}, at::kLong)}, layers, {}, &prefix.blocks);
  for (KeyValue& block : prefix.blocks) {  // without the rows that only fill the last group
    block.key = block.key.narrow(0, 0, ids.numel()).contiguous();
    block.value = block.value.narrow(0, 0, ids.numel()).contiguous();
  }
  return prefix;
}

}  // namespace lidit

#include "encoders/llm/prompt_encoder.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cstring>
#include <map>

#include "encoders/llm/passes.h"
#include "results/errors.h"
#include "results/hash.h"

namespace lidit {
namespace {

constexpr std::size_t kQuotedBytes = 60;

std::string first_words(std::string_view text) {
  if (text.size() <= kQuotedBytes) return std::string(text);
  std::size_t end = kQuotedBytes;  // not within a UTF-8 sequence
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

/// Prompts as packed tensors: what a feature file holds besides the states.
struct PackedTokens {
  std::vector<std::int64_t> ids, offsets{0}, spans, caption_begin;

  void add(const PromptTokens& prompt) {
    for (const Token& token : prompt.tokens) {
      ids.push_back(token.id);
      spans.insert(spans.end(), {token.begin, token.end});
    }
    offsets.push_back(static_cast<std::int64_t>(ids.size()));
    caption_begin.push_back(prompt.caption_begin);
  }
};

Tensor digests_of(std::span<const Prompt> prompts) {
  const Tensor digests = at::empty({static_cast<std::int64_t>(prompts.size()), 32}, at::kByte);
  auto* to = digests.mutable_data_ptr<std::uint8_t>();
  for (const Prompt& prompt : prompts) {
    const Digest digest = sha256(prompt.text);
    std::memcpy(to, digest.data(), digest.size());
    to += digest.size();
  }
  return digests;
}

}  // namespace

PromptEncoder::PromptEncoder(PromptEncoderParts parts) : parts_(std::move(parts)) {
  TORCH_CHECK(parts_.prefix.empty() || parts_.shape.causal,
              "only a causal model has a prefix that does not see the prompt");
  TORCH_CHECK(parts_.masked_prefix >= 0 &&
                  parts_.masked_prefix <= static_cast<std::int64_t>(parts_.prefix.size()),
              "a prefix of ", parts_.prefix.size(), " tokens cannot hide ", parts_.masked_prefix);
}

void PromptEncoder::load() const {
  std::call_once(loaded_, [this] {
    auto model = parts_.load();
    prefix_ = model->encode_prefix(at::tensor(parts_.prefix, at::kLong), parts_.layers);
    model_ = std::move(model);
  });
}

std::vector<std::int64_t> PromptEncoder::widths() const {
  return {mixed_width(parts_.mix, std::ssize(parts_.layers), parts_.shape.width)};
}

PromptTokens PromptEncoder::tokenize(const Prompt& prompt) const {
  PromptTokens tokens = parts_.tokenize(prompt.text);
  const auto count = static_cast<std::int64_t>(tokens.tokens.size() + parts_.prefix.size());
  if (count > parts_.shape.context)
    throw UserError(
        fmt::format("the prompt \"{}\" has {} tokens with its instruction, and this model reads at "
                    "most {}",
                    first_words(prompt.text), count, parts_.shape.context));
  return tokens;
}

std::vector<std::int64_t> PromptEncoder::token_counts(std::span<const Prompt> prompts) const {
  std::vector<std::int64_t> counts;
  for (const Prompt& prompt : prompts)
    counts.push_back(static_cast<std::int64_t>(tokenize(prompt).tokens.size()));
  return counts;
}

std::int64_t PromptEncoder::bytes_per_token() const {
  constexpr std::int64_t kIdAndSpan = 3 * sizeof(std::int64_t);
  return mixed_count(parts_.mix, std::ssize(parts_.layers)) * widths().front() *
             static_cast<std::int64_t>(c10::elementSize(parts_.dtype)) +
         kIdAndSpan;
}

FeatureFile PromptEncoder::encode_to_file(std::span<const Prompt> prompts) const {
  PackedTokens packed;
  for (const Prompt& prompt : prompts) packed.add(tokenize(prompt));
  load();
  const std::int64_t rows = packed.offsets.back(), width = widths().front();
  const std::int64_t kept = mixed_count(parts_.mix, std::ssize(parts_.layers));
  const auto options = at::TensorOptions(model_->device()).dtype(parts_.dtype);
  const Tensor ids = at::tensor(packed.ids, at::kLong),
               offsets = at::tensor(packed.offsets, at::kLong),
               layers = at::empty({kept, rows, width}, options);
  // Bits are promised where attention is our own kernel: other devices' products round as shapes
  // go.
  const bool shares = parts_.share_beginnings && parts_.shape.causal && model_->device().is_cpu();
  encode_in_passes(*model_, {ids, offsets}, parts_.layers, prefix_,
                   shares ? find_shared_beginnings(packed.ids, packed.offsets)
                          : no_shared_beginnings(std::ssize(prompts)),
                   [&](const PassStates& pass) {
                     const Tensor mixed = mix_layers(pass.states, parts_.mix);
                     const bool all_differ = pass.rows.numel() == mixed.size(1);
                     layers.index_copy_(1, pass.places,
                                        all_differ ? mixed : mixed.index_select(1, pass.rows));
                   });
  const Tensor prefix = prefix_.layers.defined() ? mix_layers(prefix_.layers, parts_.mix)
                                                 : at::empty({kept, 0, width}, options);
  const std::int64_t hidden = parts_.masked_prefix;
  return {{layers, offsets, prefix.slice(1, hidden), at::tensor(packed.caption_begin, at::kLong),
           at::tensor(packed.spans, at::kLong).view({rows, 2}), parts_.shape.pools_end_token},
          ids,
          at::tensor(parts_.prefix, at::kLong).slice(0, hidden),
          digests_of(prompts)};
}

FrozenFeatures PromptEncoder::encode(std::span<const Prompt> prompts) const {
  std::map<std::string_view, std::int64_t> seen;
  std::vector<Prompt> distinct;
  std::vector<std::int64_t> indices;
  for (const Prompt& prompt : prompts) {
    const auto [place, is_new] = seen.emplace(prompt.text, distinct.size());
    if (is_new) distinct.push_back(prompt);
    indices.push_back(place->second);
  }
  FrozenFeatures features{encode_to_file(distinct).features};
  if (distinct.size() == prompts.size()) return features;
  return select_prompts(features, at::tensor(indices, at::kLong));
}

}  // namespace lidit

#include "encoders/text/pre_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lidit {
namespace {

struct PatternEntry {
  KnownPattern pattern;
  std::string_view text;
};
constexpr PatternEntry kPatterns[] = {
    {KnownPattern::gpt2,
     R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"},
    {KnownPattern::llama3,
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {KnownPattern::qwen2,
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {KnownPattern::o200k,
     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {KnownPattern::tekken,
     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {KnownPattern::clip, R"((?i:'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+))"},
    {KnownPattern::digit, R"(\p{N})"},
    {KnownPattern::digits, R"(\p{N}+)"},
};

const std::vector<KnownPattern> kGpt2WithDigits{KnownPattern::digit, KnownPattern::gpt2};
// Names of the same meaning stand below each other.
const GgufPreTokenizer kGgufPreTokenizers[] = {
    {.name = "gpt-2", .stages = {KnownPattern::gpt2}},
    {.name = "olmo", .stages = {KnownPattern::gpt2}},
    {.name = "smollm", .stages = kGpt2WithDigits},
    {.name = "starcoder", .stages = kGpt2WithDigits},
    {.name = "refact", .stages = kGpt2WithDigits},
    {.name = "command-r", .stages = kGpt2WithDigits},
    {.name = "llama-bpe",
     .stages = {KnownPattern::llama3},
     .ignore_merges = true,
     .adds_bos = true},
    {.name = "smaug-bpe", .stages = {KnownPattern::llama3}},
    {.name = "qwen2", .stages = {KnownPattern::qwen2}, .composes = true},
    {.name = "deepseek-r1-qwen", .stages = {KnownPattern::qwen2}, .composes = true},
    {.name = "tekken", .stages = {KnownPattern::tekken}, .ignore_merges = true, .adds_bos = true},
    {.name = "gpt-4o", .stages = {KnownPattern::o200k}},
};

}  // namespace

std::string_view text_of(KnownPattern pattern) {
  return std::find_if(std::begin(kPatterns), std::end(kPatterns),
                      [&](const PatternEntry& entry) { return entry.pattern == pattern; })
      ->text;
}

const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kGgufPreTokenizers), std::end(kGgufPreTokenizers),
                   [&](const GgufPreTokenizer& entry) { return entry.name == name; });
  return found == std::end(kGgufPreTokenizers) ? nullptr : found;
}

std::string supported_gguf_pre_tokenizers() {
  std::string names;
  for (const auto& entry : kGgufPreTokenizers)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.name);
  return names;
}

PreTokenizer::PreTokenizer(const std::vector<KnownPattern>& stages) {
  for (const KnownPattern stage : stages) stages_.emplace_back(text_of(stage), "pre-tokenizer");
}

std::vector<std::string_view> PreTokenizer::split(std::string_view text) const {
  std::vector<std::string_view> pieces;
  if (!text.empty()) pieces.push_back(text);
  for (const SplitPattern& stage : stages_) {
    std::vector<std::string_view> finer;
    finer.reserve(pieces.size());
    for (const std::string_view piece : pieces) stage.split(piece, finer);
    pieces = std::move(finer);
  }
  return pieces;
}

}  // namespace lidit

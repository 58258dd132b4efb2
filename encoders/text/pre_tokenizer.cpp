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
    {KnownPattern::digit, R"(\p{N})"},
    {KnownPattern::digits, R"(\p{N}+)"},
};

const GgufPreTokenizer kGgufPreTokenizers[] = {
    {"gpt-2", {KnownPattern::gpt2}, false, false},
    {"smollm", {KnownPattern::digit, KnownPattern::gpt2}, false, false},
    {"llama-bpe", {KnownPattern::llama3}, true, true},
};

}  // namespace

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

std::optional<KnownPattern> find_pattern(std::string_view text) {
  for (const PatternEntry& entry : kPatterns)
    if (entry.text == text) return entry.pattern;
  return std::nullopt;
}

std::string supported_patterns() {
  std::string texts;
  for (const PatternEntry& entry : kPatterns)
    texts += fmt::format("{}{}", texts.empty() ? "" : "  ", entry.text);
  return texts;
}

PreTokenizer::PreTokenizer(const std::vector<KnownPattern>& stages) {
  for (const KnownPattern stage : stages)
    for (const PatternEntry& entry : kPatterns)
      if (entry.pattern == stage) stages_.emplace_back(entry.text);
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

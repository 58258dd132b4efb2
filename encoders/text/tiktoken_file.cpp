#include "encoders/text/tiktoken_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "encoders/text/base64.h"
#include "encoders/text/byte_level_bpe.h"
#include "encoders/text/pipeline_tokenizer.h"
#include "encoders/text/unicode_normalizers.h"
#include "results/errors.h"

namespace lidit {
namespace {

// The longest that is published has 128 bytes. All ways to cut a token are looked up.
constexpr std::size_t kLongestToken = 1024;

struct SpecialToken {
  std::string_view content;
  std::int32_t id;
};

struct TiktokenEncoding {
  std::string_view name;
  KnownPattern pattern;
  bool composes;         // NFC first
  std::string_view bos;  // empty: none
  std::vector<SpecialToken> special;
};

const TiktokenEncoding kTiktokenEncodings[] = {
    {"r50k_base", KnownPattern::gpt2, false, "", {{"<|endoftext|>", 50256}}},
    {"p50k_base", KnownPattern::gpt2, false, "", {{"<|endoftext|>", 50256}}},
    {"cl100k_base",
     KnownPattern::llama3,
     false,
     "",
     {{"<|endoftext|>", 100257},
      {"<|fim_prefix|>", 100258},
      {"<|fim_middle|>", 100259},
      {"<|fim_suffix|>", 100260},
      {"<|endofprompt|>", 100276}}},
    {"o200k_base",
     KnownPattern::o200k,
     false,
     "",
     {{"<|endoftext|>", 199999}, {"<|endofprompt|>", 200018}}},
    {"llama3",
     KnownPattern::llama3,
     false,
     "<|begin_of_text|>",
     {{"<|begin_of_text|>", 128000},
      {"<|end_of_text|>", 128001},
      {"<|start_header_id|>", 128006},
      {"<|end_header_id|>", 128007},
      {"<|eot_id|>", 128009}}},
    {"qwen",
     KnownPattern::qwen2,
     true,
     "",
     {{"<|endoftext|>", 151643}, {"<|im_start|>", 151644}, {"<|im_end|>", 151645}}},
};

struct RankLine {
  std::string token;
  std::int32_t rank;
};

std::optional<RankLine> parse_rank_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == line.npos) return std::nullopt;
  auto token = decode_base64(line.substr(0, space));
  const std::string_view number = line.substr(space + 1);
  std::int32_t rank = -1;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), rank);
  if (!token || token->empty() || read.ec != std::errc() ||
      read.ptr != number.data() + number.size() || rank < 0)
    return std::nullopt;
  return RankLine{std::move(*token), rank};
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Vocabulary read_ranks(std::string_view text, std::string_view where) {
  Vocabulary ranks;
  std::unordered_set<std::int32_t> seen;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (line.empty()) continue;
    auto parsed = parse_rank_line(line);
    if (!parsed)
      throw FileError(
          fmt::format("{}: line {} is no token in base64 with its rank.", where, number));
    if (parsed->token.size() > kLongestToken)
      throw FileError(fmt::format("{}: line {} has a token of {} bytes; at most {} are supported.",
                                  where, number, parsed->token.size(), kLongestToken));
    if (!seen.insert(parsed->rank).second ||
        !ranks.emplace(std::move(parsed->token), parsed->rank).second)
      throw FileError(
          fmt::format("{}: line {} has a token or a rank for the second time.", where, number));
  }
  for (int byte = 0; byte < 256; ++byte)
    if (!ranks.contains(std::string(1, static_cast<char>(byte))))
      throw FileError(fmt::format("{}: has no token for the byte {}.", where, byte));
  return ranks;
}

const TiktokenEncoding& find_encoding(std::string_view name, std::string_view where) {
  for (const TiktokenEncoding& encoding : kTiktokenEncodings)
    if (encoding.name == name) return encoding;
  const std::string problem = name.empty() ? "does not say how text is cut before it"
                                           : fmt::format("has no encoding '{}'", name);
  throw UserError(fmt::format("{}: a tiktoken file {}; name its encoding: {}.", where, problem,
                              tiktoken_encodings()));
}

}  // namespace

std::string tiktoken_encodings() {
  std::string names;
  for (const TiktokenEncoding& encoding : kTiktokenEncodings)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", encoding.name);
  return names;
}

bool is_tiktoken(std::string_view text) { return parse_rank_line(take_line(text)).has_value(); }

std::shared_ptr<const Tokenizer> parse_tiktoken(std::string_view text, std::string_view where,
                                                std::string_view encoding) {
  const TiktokenEncoding& chosen = find_encoding(encoding, where);
  Vocabulary ranks = read_ranks(text, where);
  std::unordered_set<std::int32_t> taken;
  PipelineParts parts;
  for (const auto& [token, rank] : ranks) {
    taken.insert(rank);
    parts.vocabulary.emplace(token, rank);
  }
  for (const SpecialToken& special : chosen.special) {
    if (taken.contains(special.id) || ranks.contains(special.content))
      throw FileError(fmt::format("{}: does not fit the encoding {}: {} should be {}.", where,
                                  chosen.name, special.id, special.content));
    parts.vocabulary.emplace(special.content, special.id);
    parts.added_tokens.push_back({std::string(special.content), special.id, true});
  }
  parts.bos = find_id(parts.vocabulary, chosen.bos);
  if (chosen.composes) parts.normalizer = std::make_unique<UnicodeForm>(false, true);
  parts.model = std::make_unique<ByteLevelBpe>(
      RankedTokens{std::move(ranks), PreTokenizer(std::vector{chosen.pattern})});
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace lidit

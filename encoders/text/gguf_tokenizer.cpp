#include "encoders/text/gguf_tokenizer.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "encoders/text/gguf_metadata.h"
#include "encoders/text/gguf_subwords.h"
#include "encoders/text/pipeline_tokenizer.h"

namespace lidit {
namespace {

GgufTokens read_tokens(const GgufMetadata& file) {
  const auto& contents = file.get<std::vector<std::string>>("tokenizer.ggml.tokens");
  const auto& types = file.get<std::vector<std::int64_t>>("tokenizer.ggml.token_type");
  if (types.size() != contents.size())
    file.fail(fmt::format("has {} tokens but {} token types", contents.size(), types.size()));
  if (contents.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    file.fail("has too many tokens");
  GgufTokens tokens;
  tokens.contents = contents;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    if (types[i] < static_cast<std::int64_t>(PieceType::normal) ||
        types[i] > static_cast<std::int64_t>(PieceType::byte))
      file.fail(fmt::format("token {} is of the unknown type {}", i, types[i]));
    tokens.types.push_back(static_cast<PieceType>(types[i]));
    if (contents[i].empty()) file.fail(fmt::format("token {} is empty", i));
    if (!tokens.all.emplace(contents[i], id).second)
      file.fail(fmt::format("token '{}' appears twice", contents[i]));
    const PieceType type = tokens.types.back();
    if (type == PieceType::control) tokens.control.push_back({contents[i], id, true});
    if (type == PieceType::user_defined) tokens.user_defined.push_back({contents[i], id, false});
    if (type != PieceType::control) tokens.ordinary.emplace(contents[i], id);
  }
  return tokens;
}

GgufDefaults read_gguf_model(const GgufMetadata& file, GgufTokens tokens, PipelineParts& parts) {
  using Algorithm = SentencePieceFile::Algorithm;
  const auto& model = file.get<std::string>("tokenizer.ggml.model");
  if (model == "gpt2") return read_gguf_byte_level_bpe(file, std::move(tokens), parts);
  if (model == "llama")
    return read_gguf_sentencepiece(file, std::move(tokens), Algorithm::bpe, parts);
  if (model == "t5")
    return read_gguf_sentencepiece(file, std::move(tokens), Algorithm::unigram, parts);
  if (model == "bert") return read_gguf_word_piece(file, std::move(tokens), parts);
  file.fail(fmt::format(
      "the tokenizer model '{}' is not supported; supported are gpt2 (byte-level BPE), llama "
      "(SentencePiece BPE), t5 (SentencePiece unigram) and bert (WordPiece)",
      model));
}

}  // namespace

std::shared_ptr<const Tokenizer> gguf_tokenizer(const Fields& metadata, std::string_view where) {
  const GgufMetadata file(metadata, where);
  GgufTokens tokens = read_tokens(file);
  const std::size_t count = tokens.contents.size();
  PipelineParts parts;
  parts.vocabulary = tokens.all;
  parts.bos = file.id("tokenizer.ggml.bos_token_id", count);
  auto eos = file.id("tokenizer.ggml.eos_token_id", count);
  const GgufDefaults defaults = read_gguf_model(file, std::move(tokens), parts);
  if (file.get<std::string>("tokenizer.ggml.model") == "bert") {
    // ggml's own spelling of the key.
    if (const auto sep = file.id("tokenizer.ggml.seperator_token_id", count)) eos = sep;
    if (const auto cls = file.id("tokenizer.ggml.cls_token_id", count)) parts.bos = cls;
  }
  const auto add = [&](std::string_view key, bool fallback, std::optional<std::int32_t> id,
                       std::vector<std::int32_t>& side) {
    if (!file.flag(key, fallback)) return;
    if (!id) file.fail(fmt::format("'{}' holds but the file does not name the token", key));
    side.push_back(*id);
  };
  add("tokenizer.ggml.add_bos_token", defaults.adds_bos, parts.bos, parts.special_tokens.before);
  add("tokenizer.ggml.add_eos_token", defaults.adds_eos, eos, parts.special_tokens.after);
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace lidit

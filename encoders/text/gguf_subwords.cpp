#include "encoders/text/gguf_subwords.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "encoders/text/bert_normalizer.h"
#include "encoders/text/byte_level_bpe.h"
#include "encoders/text/unicode_normalizers.h"
#include "encoders/text/word_piece.h"

namespace lidit {
namespace {

using MergeList = std::vector<std::pair<std::string, std::string>>;

MergeList read_gguf_merges(const GgufMetadata& file) {
  MergeList merges;
  for (const std::string& merge : file.get<std::vector<std::string>>("tokenizer.ggml.merges")) {
    const std::size_t space = merge.find(' ');
    if (space == merge.npos || merge.find(' ', space + 1) != merge.npos)
      file.fail(fmt::format("merge {} ('{}') is no pair of tokens", merges.size(), merge));
    merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
  return merges;
}

/// The map as a list of bytes, signed or not.
std::string read_character_map(const GgufMetadata& file) {
  std::string blob;
  const auto* bytes = file.find<std::vector<std::int64_t>>("tokenizer.ggml.precompiled_charsmap");
  if (!bytes) return blob;
  for (const std::int64_t byte : *bytes) {
    if (byte < -128 || byte > 255) file.fail("'tokenizer.ggml.precompiled_charsmap' is not bytes");
    blob += static_cast<char>(byte);
  }
  return blob;
}

}  // namespace

GgufDefaults read_gguf_byte_level_bpe(const GgufMetadata& file, GgufTokens tokens,
                                      PipelineParts& parts) {
  const auto& pre = file.get<std::string>("tokenizer.ggml.pre");
  const GgufPreTokenizer* known = find_gguf_pre_tokenizer(pre);
  if (!known)
    file.fail(fmt::format("the pre-tokenizer '{}' is not supported; supported are {}", pre,
                          supported_gguf_pre_tokenizers()));
  if (file.flag("tokenizer.ggml.add_space_prefix", false))
    file.fail("'tokenizer.ggml.add_space_prefix' is not supported");
  for (std::size_t i = 0; i < tokens.types.size(); ++i)
    if (tokens.types[i] == PieceType::byte || tokens.types[i] == PieceType::unknown)
      file.fail(fmt::format("token {} is of type {}, which byte-level BPE does not have", i,
                            static_cast<std::int64_t>(tokens.types[i])));
  if (known->composes) parts.normalizer = std::make_unique<UnicodeForm>(false, true);
  parts.model = std::make_unique<ByteLevelBpe>(
      ByteLevelBpeFile{std::move(tokens.ordinary), read_gguf_merges(file),
                       PreTokenizer(known->stages), known->ignore_merges, ""},
      file.where());
  parts.added_tokens = std::move(tokens.control);
  for (AddedToken& token : tokens.user_defined) parts.added_tokens.push_back(std::move(token));
  return {known->adds_bos, false};
}

GgufDefaults read_gguf_sentencepiece(const GgufMetadata& file, GgufTokens tokens,
                                     SentencePieceFile::Algorithm algorithm, PipelineParts& parts) {
  const auto& scores = file.get<std::vector<double>>("tokenizer.ggml.scores");
  if (scores.size() != tokens.contents.size())
    file.fail(fmt::format("has {} tokens but {} scores", tokens.contents.size(), scores.size()));
  SentencePieceFile model;
  model.algorithm = algorithm;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    model.pieces.push_back(
        {std::move(tokens.contents[i]), static_cast<float>(scores[i]), tokens.types[i]});
    model.byte_fallback = model.byte_fallback || tokens.types[i] == PieceType::byte;
  }
  // Some files say of the unknown token only its id.
  if (const auto unknown = file.id("tokenizer.ggml.unknown_token_id", model.pieces.size()))
    model.pieces[static_cast<std::size_t>(*unknown)].type = PieceType::unknown;
  auto& normalization = model.normalization;
  normalization.add_dummy_prefix = file.flag("tokenizer.ggml.add_space_prefix", true);
  normalization.remove_extra_whitespaces =
      file.flag("tokenizer.ggml.remove_extra_whitespaces", false);
  if (const std::string blob = read_character_map(file); !blob.empty())
    normalization.map.emplace(blob, file.where());
  parts.model = std::make_unique<SentencePieceModel>(std::move(model), file.where());
  parts.added_tokens = std::move(tokens.control);
  const bool is_t5 = algorithm == SentencePieceFile::Algorithm::unigram;
  return {!is_t5, is_t5};
}

/// GGUF writes a word's first piece with U+2581 before it and the others without "##".
GgufDefaults read_gguf_word_piece(const GgufMetadata& file, GgufTokens tokens,
                                  PipelineParts& parts) {
  constexpr std::string_view kWordBegin = "\xE2\x96\x81";
  const auto unknown = file.id("tokenizer.ggml.unknown_token_id", tokens.contents.size());
  if (!unknown) file.fail("has no 'tokenizer.ggml.unknown_token_id'");
  WordPieceFile model{{}, *unknown};
  for (std::size_t i = 0; i < tokens.contents.size(); ++i) {
    if (tokens.types[i] != PieceType::normal) continue;
    const std::string& content = tokens.contents[i];
    const bool has_capital =
        std::any_of(content.begin(), content.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (has_capital)
      file.fail(fmt::format(
          "token '{}' has a capital letter, and GGUF does not say how such a BERT normalises text; "
          "take its tokenizer.json",
          content));
    const bool begins = content.starts_with(kWordBegin) && content.size() > kWordBegin.size();
    model.vocabulary.emplace(
        begins ? content.substr(kWordBegin.size()) : model.continuation + content,
        static_cast<std::int32_t>(i));
  }
  parts.normalizer = std::make_unique<BertNormalizer>(BertNormalizerOptions{});
  parts.model =
      std::make_unique<SegmentedModel>(bert_words(), std::make_unique<WordPiece>(std::move(model)));
  parts.added_tokens = std::move(tokens.control);
  return {true, true};
}

}  // namespace lidit

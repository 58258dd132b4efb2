#include "encoders/text/json_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <variant>

#include "encoders/text/byte_level_bpe.h"
#include "encoders/text/character_bpe.h"
#include "encoders/text/json_pre_tokenizer.h"
#include "encoders/text/unigram.h"
#include "encoders/text/utf8.h"
#include "encoders/text/word_piece.h"

namespace lidit {
namespace {

constexpr std::int64_t kLongestWord = 1000;  // cutting a word takes quadratic time

bool read_flag(const JsonReader& model, const char* key) {
  return model.has(key) && model.boolean(key);
}

/// Unigram lists pairs of a token and its score; the id is the place.
const nlohmann::json& unigram_list(const JsonReader& model) {
  if (!model.has("vocab") || !model.value()["vocab"].is_array()) model.fail("has no list 'vocab'");
  for (const auto& entry : model.value()["vocab"])
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number())
      model.fail("'vocab' is no list of pairs of a token and a score");
  return model.value()["vocab"];
}

std::pair<std::string, std::string> read_merge(const nlohmann::json& merge, const JsonReader& model,
                                               std::size_t number) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  if (merge.is_string()) {
    const auto& text = merge.get_ref<const std::string&>();
    const std::size_t space = text.find(' ');
    if (space != text.npos && text.find(' ', space + 1) == text.npos)
      return {text.substr(0, space), text.substr(space + 1)};
  }
  model.fail(fmt::format("merge {} is no pair of tokens", number));
}

UnknownPieces read_unknown(const JsonReader& model, const Vocabulary& all) {
  UnknownPieces unknown;
  if (read_flag(model, "byte_fallback")) {
    unknown.byte_ids = byte_tokens(all);
    if (!unknown.byte_ids) model.fail("'byte_fallback' holds, but some of <0x00>..<0xFF> lack");
  }
  return unknown;
}

std::vector<std::pair<std::string, std::string>> read_merges(const JsonReader& model) {
  if (!model.has("merges") || !model.value()["merges"].is_array()) model.fail("has no merges");
  std::vector<std::pair<std::string, std::string>> merges;
  for (const auto& merge : model.value()["merges"])
    merges.push_back(read_merge(merge, model, merges.size()));
  return merges;
}

std::unique_ptr<const SubwordModel> read_byte_level_bpe(const JsonReader& model,
                                                        JsonPreTokenizer pre_tokenizer,
                                                        Vocabulary ordinary) {
  model.require("byte_fallback", false);
  std::vector<SplitPattern> stages;
  for (auto& stage : pre_tokenizer.stages) {
    if (!std::holds_alternative<SplitPattern>(stage))
      model.fail("Metaspace with ByteLevel is not supported");
    stages.push_back(std::get<SplitPattern>(std::move(stage)));
  }
  ByteLevelBpeFile bpe{std::move(ordinary), read_merges(model), PreTokenizer(std::move(stages)),
                       read_flag(model, "ignore_merges"),
                       model.has("end_of_word_suffix") ? model.text("end_of_word_suffix") : ""};
  auto result = std::make_unique<ByteLevelBpe>(std::move(bpe), model.where());
  if (model.has("unk_token") && !result->covers_all_bytes())
    model.fail("has an unk_token and bytes without a token, which is not supported");
  return result;
}

std::unique_ptr<const SubwordModel> read_bpe(const JsonReader& file, const JsonReader& model,
                                             const Vocabulary& all, Vocabulary ordinary) {
  model.require("continuing_subword_prefix", "");
  model.require("dropout", 0.0);
  JsonPreTokenizer pre_tokenizer = read_pre_tokenizer(file);
  if (pre_tokenizer.byte_level)
    return read_byte_level_bpe(model, std::move(pre_tokenizer), std::move(ordinary));
  CharacterBpeFile bpe{std::move(ordinary), read_merges(model), read_unknown(model, all),
                       read_flag(model, "ignore_merges"),
                       model.has("end_of_word_suffix") ? model.text("end_of_word_suffix") : ""};
  bpe.unknown.fuse = read_flag(model, "fuse_unk");
  if (model.has("unk_token")) {
    bpe.unknown.unknown = find_id(all, model.text("unk_token"));
    if (!bpe.unknown.unknown) model.fail("the unk_token is not in the vocabulary");
  }
  return std::make_unique<SegmentedModel>(
      std::move(pre_tokenizer.stages),
      std::make_unique<CharacterBpe>(std::move(bpe), model.where()));
}

/// The pre-tokenizer of a model over characters.
std::vector<SegmentedModel::Stage> read_stages(const JsonReader& file, const JsonReader& model) {
  JsonPreTokenizer pre_tokenizer = read_pre_tokenizer(file);
  if (pre_tokenizer.byte_level)
    model.fail(fmt::format("ByteLevel with {} is not supported", model.type()));
  return std::move(pre_tokenizer.stages);
}

std::unique_ptr<const SubwordModel> read_unigram(const JsonReader& file, const JsonReader& model,
                                                 const Vocabulary& all,
                                                 const Vocabulary& ordinary) {
  UnigramFile unigram;
  const auto& list = unigram_list(model);
  for (const auto& entry : list) {
    const auto& text = entry[0].get_ref<const std::string&>();
    const double score = entry[1].get<double>();
    unigram.minimum_score = unigram.pieces.empty() ? score : unigram.minimum_score;
    unigram.minimum_score = std::min(unigram.minimum_score, score);
    unigram.pieces.push_back({text, score, static_cast<std::int32_t>(unigram.pieces.size())});
  }
  const std::int32_t unknown = model.id("unk_id");
  if (static_cast<std::size_t>(unknown) >= list.size())
    model.fail(fmt::format("'unk_id' is {}, which is none of the {} tokens", unknown, list.size()));
  std::erase_if(unigram.pieces, [&](const ScoredPiece& piece) {
    return piece.text.empty() || !ordinary.contains(piece.text);
  });
  unigram.unknown = read_unknown(model, all);
  unigram.unknown.unknown = unknown;
  return std::make_unique<SegmentedModel>(read_stages(file, model),
                                          std::make_unique<Unigram>(std::move(unigram)));
}

std::unique_ptr<const SubwordModel> read_word_piece(const JsonReader& file, const JsonReader& model,
                                                    const Vocabulary& all, Vocabulary ordinary) {
  const auto unknown = find_id(all, model.text("unk_token"));
  if (!unknown) model.fail("the unk_token is not in the vocabulary");
  const std::int64_t longest = model.id("max_input_chars_per_word");
  if (longest > kLongestWord)
    model.fail(fmt::format("max_input_chars_per_word is {}; at most {} are supported", longest,
                           kLongestWord));
  return std::make_unique<SegmentedModel>(
      read_stages(file, model),
      std::make_unique<WordPiece>(WordPieceFile{std::move(ordinary), *unknown,
                                                model.text("continuing_subword_prefix"), longest}));
}

}  // namespace

Vocabulary read_vocabulary(const JsonReader& model) {
  Vocabulary vocabulary;
  if (model.type() == "Unigram") {
    for (const auto& entry : unigram_list(model)) {
      const auto id = static_cast<std::int32_t>(vocabulary.size());
      const auto& token = entry[0].get_ref<const std::string&>();
      if (!vocabulary.emplace(token, id).second)
        model.fail(fmt::format("token '{}' appears twice", token));
    }
    return vocabulary;
  }
  const JsonReader object = model.object("vocab");
  std::unordered_set<std::int32_t> ids;
  vocabulary.reserve(object.value().size());
  for (const auto& [token, value] : object.value().items()) {
    const std::int32_t id = token_id(value, object.where());
    if (!ids.insert(id).second) object.fail(fmt::format("has two tokens with id {}", id));
    vocabulary.emplace(token, id);
  }
  return vocabulary;
}

std::unique_ptr<const SubwordModel> read_model(const JsonReader& file, const Vocabulary& all,
                                               Vocabulary ordinary) {
  const JsonReader model = file.object("model");
  const std::string type = model.type();
  if (type == "BPE") return read_bpe(file, model, all, std::move(ordinary));
  if (type == "Unigram") return read_unigram(file, model, all, ordinary);
  if (type == "WordPiece") return read_word_piece(file, model, all, std::move(ordinary));
  model.fail(
      fmt::format("the model {} is not supported; supported are BPE, Unigram and WordPiece", type));
}

}  // namespace lidit

#include "encoders/text/tokenizer_json.h"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "encoders/text/byte_level_bpe.h"
#include "encoders/text/json_reader.h"
#include "encoders/text/pipeline_tokenizer.h"
#include "encoders/text/word_piece.h"
#include "results/errors.h"
#include "results/json.h"

namespace lidit {
namespace {

constexpr std::int64_t kLongestWord = 1000;  // cutting a word takes quadratic time

Vocabulary read_vocabulary(const JsonReader& model) {
  const JsonReader object = model.object("vocab");
  Vocabulary vocabulary;
  std::unordered_set<std::int32_t> ids;
  vocabulary.reserve(object.value().size());
  for (const auto& [token, value] : object.value().items()) {
    const std::int32_t id = token_id(value, object.where());
    if (!ids.insert(id).second) object.fail(fmt::format("has two tokens with id {}", id));
    vocabulary.emplace(token, id);
  }
  return vocabulary;
}

std::vector<AddedToken> read_added_tokens(const JsonReader& file, bool has_normalizer) {
  std::vector<AddedToken> tokens;
  std::unordered_set<std::string> contents;
  if (!file.has("added_tokens")) return tokens;
  for (const JsonReader& entry : file.list("added_tokens")) {
    entry.require("single_word", false);
    if (has_normalizer) entry.require("normalized", false);
    tokens.push_back({entry.text("content"), entry.id("id"), entry.boolean("special"),
                      entry.boolean("lstrip"), entry.boolean("rstrip")});
    if (tokens.back().content.empty()) entry.fail("is empty");
    if (!contents.insert(tokens.back().content).second)
      entry.fail(fmt::format("'{}' appears twice", tokens.back().content));
  }
  return tokens;
}

/// `vocabulary` with the added tokens; each must have one id only.
Vocabulary with_added(Vocabulary vocabulary, const std::vector<AddedToken>& added,
                      std::string_view where) {
  for (const AddedToken& token : added) {
    const auto [entry, is_new] = vocabulary.emplace(token.content, token.id);
    if (!is_new && entry->second != token.id)
      throw FileError(fmt::format("{}: token '{}' has the ids {} and {}.", where, token.content,
                                  entry->second, token.id));
  }
  return vocabulary;
}

void read_byte_level(const JsonReader& entry, std::vector<KnownPattern>& stages) {
  if (entry.boolean("add_prefix_space")) entry.fail("'add_prefix_space' is not supported");
  if (!entry.has("use_regex") || entry.boolean("use_regex")) stages.push_back(KnownPattern::gpt2);
}

void read_split(const JsonReader& entry, std::vector<KnownPattern>& stages) {
  entry.require("behavior", "Isolated");
  entry.require("invert", false);
  const JsonReader pattern = entry.object("pattern");
  const std::string text = pattern.text("Regex");
  const auto known = find_pattern(text);
  if (!known)
    pattern.fail(fmt::format("the pattern {} is not supported; supported are: {}", text,
                             supported_patterns()));
  stages.push_back(*known);
}

std::vector<KnownPattern> read_pre_tokenizer(const JsonReader& file) {
  const JsonReader root = file.object("pre_tokenizer");
  const auto entries = root.type() == "Sequence" ? root.list("pretokenizers") : std::vector{root};
  std::vector<KnownPattern> stages;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string type = entries[i].type();
    const bool last = i + 1 == entries.size();
    if (type == "ByteLevel" && last) {
      read_byte_level(entries[i], stages);
    } else if (type == "Split" && !last) {
      read_split(entries[i], stages);
    } else if (type == "Digits" && !last) {
      stages.push_back(entries[i].boolean("individual_digits") ? KnownPattern::digit
                                                               : KnownPattern::digits);
    } else {
      root.fail(fmt::format(
          "the pre-tokenizer {} is not supported at place {} of {}; supported for BPE are Split "
          "and Digits, with ByteLevel as the last",
          type, i + 1, entries.size()));
    }
  }
  if (entries.empty()) root.fail("has no pre-tokenizer; BPE needs ByteLevel");
  return stages;
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

std::unique_ptr<const SubwordModel> read_bpe(const JsonReader& file, const JsonReader& model,
                                             Vocabulary ordinary) {
  if (file.has("normalizer"))
    file.fail(fmt::format("the normalizer {} is not supported with BPE; supported is none",
                          file.object("normalizer").type()));
  for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"})
    model.require(affix, "");
  model.require("byte_fallback", false);
  model.require("dropout", 0.0);
  ByteLevelBpeFile bpe{std::move(ordinary), {}, read_pre_tokenizer(file), false};
  bpe.ignore_merges = model.has("ignore_merges") && model.boolean("ignore_merges");
  if (!model.has("merges") || !model.value()["merges"].is_array()) model.fail("has no merges");
  for (const auto& merge : model.value()["merges"])
    bpe.merges.push_back(read_merge(merge, model, bpe.merges.size()));
  auto result = std::make_unique<ByteLevelBpe>(std::move(bpe), model.where());
  if (model.has("unk_token") && !result->covers_all_bytes())
    model.fail("has an unk_token and bytes without a token, which is not supported");
  return result;
}

BertNormalizer read_bert_normalizer(const JsonReader& file) {
  const JsonReader entry = file.object("normalizer");
  if (entry.type() != "BertNormalizer")
    entry.fail(fmt::format(
        "the normalizer {} is not supported with WordPiece; supported is BertNormalizer",
        entry.type()));
  BertNormalizer normalizer;
  normalizer.clean_text = entry.boolean("clean_text");
  normalizer.handle_chinese_chars = entry.boolean("handle_chinese_chars");
  normalizer.lowercase = entry.boolean("lowercase");
  // null means: as `lowercase`.
  normalizer.strip_accents =
      entry.has("strip_accents") ? entry.boolean("strip_accents") : normalizer.lowercase;
  return normalizer;
}

std::unique_ptr<const SubwordModel> read_word_piece(const JsonReader& file, const JsonReader& model,
                                                    const Vocabulary& all, Vocabulary ordinary) {
  if (const auto type = file.object("pre_tokenizer").type(); type != "BertPreTokenizer")
    file.fail(fmt::format(
        "the pre-tokenizer {} is not supported with WordPiece; supported is BertPreTokenizer",
        type));
  const auto unknown = find_id(all, model.text("unk_token"));
  if (!unknown) model.fail("the unk_token is not in the vocabulary");
  const std::int64_t longest = model.id("max_input_chars_per_word");
  if (longest > kLongestWord)
    model.fail(fmt::format("max_input_chars_per_word is {}; at most {} are supported", longest,
                           kLongestWord));
  return std::make_unique<WordPiece>(WordPieceFile{std::move(ordinary), *unknown,
                                                   model.text("continuing_subword_prefix"), longest,
                                                   read_bert_normalizer(file)});
}

std::vector<std::int32_t> ids_of_special(const JsonReader& post, const std::string& name) {
  const JsonReader entry = post.object("special_tokens").object(name.c_str());
  if (!entry.has("ids") || !entry.value()["ids"].is_array()) entry.fail("has no ids");
  std::vector<std::int32_t> ids;
  for (const auto& id : entry.value()["ids"]) ids.push_back(token_id(id, entry.where()));
  return ids;
}

void read_template(const JsonReader& post, SpecialTokens& special) {
  bool seen = false;  // the text itself
  for (const JsonReader& piece : post.list("single")) {
    if (piece.has("SpecialToken")) {
      auto& side = seen ? special.after : special.before;
      for (const std::int32_t id : ids_of_special(post, piece.object("SpecialToken").text("id")))
        side.push_back(id);
    } else if (std::exchange(seen, true) || piece.object("Sequence").text("id") != "A") {
      post.fail("'single' does not hold the text A once");
    }
  }
  if (!seen) post.fail("'single' does not hold the text");
}

/// ByteLevel as a post-processor only trims spans, which are exact bytes here.
void read_post_processor(const JsonReader& post, SpecialTokens& special) {
  const std::string type = post.type();
  if (type == "Sequence") {
    int templates = 0;
    for (const JsonReader& part : post.list("processors")) {
      if (part.type() == "Sequence") part.fail("a Sequence in a Sequence is not supported");
      templates += part.type() == "TemplateProcessing";
      read_post_processor(part, special);
    }
    if (templates > 1) post.fail("has several TemplateProcessing");
  } else if (type == "TemplateProcessing") {
    read_template(post, special);
  } else if (type != "ByteLevel") {
    post.fail(fmt::format(
        "the post-processor {} is not supported; supported are TemplateProcessing, ByteLevel and "
        "Sequence",
        type));
  }
}

}  // namespace

std::shared_ptr<const Tokenizer> parse_tokenizer_json(std::string_view text, std::string_view where,
                                                      const std::optional<std::string>& bos) {
  const auto json = parse_json(text, where);
  const JsonReader file(json, std::string(where));
  const JsonReader model = file.object("model");
  PipelineParts parts;
  parts.added_tokens = read_added_tokens(file, file.has("normalizer"));
  Vocabulary ordinary = read_vocabulary(model);
  parts.vocabulary = with_added(ordinary, parts.added_tokens, where);
  for (const AddedToken& token : parts.added_tokens)
    if (token.special) ordinary.erase(token.content);
  if (model.type() == "BPE") {
    parts.model = read_bpe(file, model, std::move(ordinary));
  } else if (model.type() == "WordPiece") {
    parts.model = read_word_piece(file, model, parts.vocabulary, std::move(ordinary));
  } else {
    model.fail(fmt::format("the model {} is not supported; supported are BPE and WordPiece",
                           model.type()));
  }
  if (file.has("post_processor"))
    read_post_processor(file.object("post_processor"), parts.special_tokens);
  if (bos) {
    parts.bos = find_id(parts.vocabulary, *bos);
    if (!parts.bos) file.fail(fmt::format("the BOS token '{}' is not in the vocabulary", *bos));
  }
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace lidit

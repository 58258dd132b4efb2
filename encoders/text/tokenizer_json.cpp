#include "encoders/text/tokenizer_json.h"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "encoders/text/json_model.h"
#include "encoders/text/json_normalizer.h"
#include "encoders/text/json_post_processor.h"
#include "encoders/text/json_reader.h"
#include "encoders/text/pipeline_tokenizer.h"
#include "results/errors.h"
#include "results/json.h"

namespace lidit {
namespace {

std::vector<AddedToken> read_added_tokens(const JsonReader& file) {
  std::vector<AddedToken> tokens;
  std::unordered_set<std::string> contents;
  if (!file.has("added_tokens")) return tokens;
  for (const JsonReader& entry : file.list("added_tokens")) {
    entry.require("single_word", false);
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

/// What stands around a text must be tokens of the file.
void check_special_tokens(const PipelineParts& parts, std::string_view where) {
  std::unordered_set<std::int32_t> known;
  for (const auto& [token, id] : parts.vocabulary) known.insert(id);
  for (const auto* ids : {&parts.special_tokens.before, &parts.special_tokens.after})
    for (const std::int32_t id : *ids)
      if (!known.contains(id))
        throw FileError(fmt::format(
            "{}: its post-processor puts the token {} around a text, and no token has that id.",
            where, id));
}

struct AddedTokenLists {
  std::vector<AddedToken> raw, normalized;
};

std::string normalized_text(const Normalizer& normalizer, std::string_view text) {
  AlignedText aligned = align(text);
  normalizer.apply(aligned);
  return utf8_of(aligned).text;
}

/// Which of `all` are found in the text as given and which in the normalised text, where they are
/// normalised themselves.
AddedTokenLists sort_added_tokens(const JsonReader& file, const std::vector<AddedToken>& all,
                                  const Normalizer* normalizer) {
  AddedTokenLists lists;
  const auto entries = all.empty() ? std::vector<JsonReader>{} : file.list("added_tokens");
  std::unordered_set<std::string> contents;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const JsonReader& entry = entries[i];
    if (!normalizer || !entry.has("normalized") || !entry.boolean("normalized")) {
      lists.raw.push_back(all[i]);
      continue;
    }
    AddedToken token = all[i];
    token.content = normalized_text(*normalizer, token.content);
    if (token.content.empty()) continue;
    if (!contents.insert(token.content).second)
      entry.fail(fmt::format("'{}' is another token when normalised", all[i].content));
    lists.normalized.push_back(std::move(token));
  }
  return lists;
}

}  // namespace

std::shared_ptr<const Tokenizer> parse_tokenizer_json(std::string_view text, std::string_view where,
                                                      const std::optional<std::string>& bos) {
  const auto json = parse_json(text, where);
  const JsonReader file(json, std::string(where));
  PipelineParts parts;
  parts.normalizer = read_normalizer(file);
  const auto added = read_added_tokens(file);
  Vocabulary ordinary = read_vocabulary(file.object("model"));
  parts.vocabulary = with_added(ordinary, added, where);
  for (const AddedToken& token : added)
    if (token.special) ordinary.erase(token.content);
  auto lists = sort_added_tokens(file, added, parts.normalizer.get());
  parts.added_tokens = std::move(lists.raw);
  parts.normalized_added_tokens = std::move(lists.normalized);
  parts.model = read_model(file, parts.vocabulary, std::move(ordinary));
  if (file.has("post_processor")) {
    read_post_processor(file.object("post_processor"), parts.special_tokens);
    check_special_tokens(parts, where);
  }
  if (bos) {
    parts.bos = find_id(parts.vocabulary, *bos);
    if (!parts.bos) file.fail(fmt::format("the BOS token '{}' is not in the vocabulary", *bos));
  }
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace lidit

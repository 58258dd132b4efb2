#include "encoders/text/json_post_processor.h"

#include <fmt/format.h>

#include <utility>

namespace lidit {
namespace {

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

/// [token, id] of BertProcessing and RobertaProcessing.
std::int32_t read_pair(const JsonReader& post, const char* key) {
  const auto& pair = post.value().find(key);
  if (pair == post.value().end() || !pair->is_array() || pair->size() != 2)
    post.fail(fmt::format("'{}' is no pair of a token and its id", key));
  return token_id((*pair)[1], post.where());
}

}  // namespace

void read_post_processor(const JsonReader& post, SpecialTokens& special) {
  const std::string type = post.type();
  if (type == "Sequence") {
    int around = 0;  // those that put tokens around the text
    for (const JsonReader& part : post.list("processors")) {
      if (part.type() == "Sequence") part.fail("a Sequence in a Sequence is not supported");
      around += part.type() != "ByteLevel";
      read_post_processor(part, special);
    }
    if (around > 1) post.fail("has several that put tokens around the text");
  } else if (type == "TemplateProcessing") {
    read_template(post, special);
  } else if (type == "BertProcessing" || type == "RobertaProcessing") {
    special.before.push_back(read_pair(post, "cls"));
    special.after.push_back(read_pair(post, "sep"));
  } else if (type != "ByteLevel") {
    post.fail(
        fmt::format("the post-processor {} is not supported; supported are TemplateProcessing, "
                    "BertProcessing, RobertaProcessing, ByteLevel and Sequence",
                    type));
  }
}

}  // namespace lidit

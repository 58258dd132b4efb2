#include "encoders/text/pipeline_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "encoders/text/utf8.h"
#include "results/errors.h"

namespace lidit {
namespace {

/// Refusing is safer than U+FFFD: the features of a text that was never written would be recorded
/// under its name.
void check_text(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    throw UserError(fmt::format("a text of {} bytes is too long to tokenise.", text.size()));
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!point.valid) throw UserError(fmt::format("the text is not UTF-8 at byte {}.", at));
    at += point.size;
  }
}

}  // namespace

PipelineTokenizer::PipelineTokenizer(PipelineParts parts)
    : parts_(std::move(parts)), added_tokens_(parts_.added_tokens), size_(0) {
  for (const auto& [token, id] : parts_.vocabulary) size_ = std::max(size_, std::int64_t{id} + 1);
}

std::vector<Token> PipelineTokenizer::encode(std::string_view text, bool add_special) const {
  return run(text, add_special, Recognise::all);
}

std::vector<Token> PipelineTokenizer::encode_as_text(std::string_view text,
                                                     bool add_special) const {
  return run(text, add_special, Recognise::not_special);
}

std::optional<std::int32_t> PipelineTokenizer::find(std::string_view token) const {
  return find_id(parts_.vocabulary, token);
}

std::vector<Token> PipelineTokenizer::run(std::string_view text, bool add_special,
                                          Recognise recognise) const {
  check_text(text);
  std::vector<Token> tokens;
  const auto add_around = [&](const std::vector<std::int32_t>& ids, std::size_t at) {
    const auto place = static_cast<std::int32_t>(at);
    for (const std::int32_t id : ids) tokens.push_back({id, place, place});
  };
  if (add_special) add_around(parts_.special_tokens.before, 0);
  for (const AddedTokens::Part& part : added_tokens_.split(text, recognise)) {
    const auto begin = static_cast<std::int32_t>(part.begin);
    if (part.id) {
      tokens.push_back({*part.id, begin, static_cast<std::int32_t>(part.end)});
    } else {
      parts_.model->encode(text.substr(part.begin, part.end - part.begin), begin, tokens);
    }
  }
  if (add_special) add_around(parts_.special_tokens.after, text.size());
  return tokens;
}

}  // namespace lidit

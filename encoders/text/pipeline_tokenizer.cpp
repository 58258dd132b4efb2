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

void move_spans(std::vector<Token>& tokens, std::size_t first, std::size_t by) {
  for (std::size_t i = first; i < tokens.size(); ++i) {
    tokens[i].begin += static_cast<std::int32_t>(by);
    tokens[i].end += static_cast<std::int32_t>(by);
  }
}

}  // namespace

PipelineTokenizer::PipelineTokenizer(PipelineParts parts)
    : parts_(std::move(parts)),
      added_tokens_(parts_.added_tokens),
      normalized_added_tokens_(parts_.normalized_added_tokens),
      size_(0) {
  for (const auto& [token, id] : parts_.vocabulary) size_ = std::max(size_, std::int64_t{id} + 1);
}

std::vector<Token> PipelineTokenizer::encode(std::string_view text, bool add_special) const {
  std::vector<Token> tokens = run(text, true, Recognise::all);
  return add_special ? surround(std::move(tokens), text.size()) : tokens;
}

std::vector<Token> PipelineTokenizer::encode_as_text(std::string_view text,
                                                     bool add_special) const {
  std::vector<Token> tokens = run(text, true, Recognise::not_special);
  return add_special ? surround(std::move(tokens), text.size()) : tokens;
}

std::vector<Token> PipelineTokenizer::encode_behind(std::string_view text) const {
  return run(text, false, Recognise::not_special);
}

std::vector<Token> PipelineTokenizer::special_tokens_in(std::string_view text) const {
  std::vector<Token> special;
  const auto keep = [&](const AddedTokens& added, const AddedTokens::Part& part, std::size_t from) {
    if (added.is_special(*part.id))
      special.push_back({*part.id, static_cast<std::int32_t>(from + part.begin),
                         static_cast<std::int32_t>(from + part.end)});
  };
  for (const AddedTokens::Part& part : added_tokens_.split(text, Recognise::all)) {
    if (part.id) {
      keep(added_tokens_, part, 0);
      continue;
    }
    const std::string_view rest = text.substr(part.begin, part.end - part.begin);
    for (const AddedTokens::Part& inner : normalized_added_tokens_.split(rest, Recognise::all))
      if (inner.id) keep(normalized_added_tokens_, inner, part.begin);
  }
  return special;
}

std::vector<Token> PipelineTokenizer::surround(std::vector<Token> tokens,
                                               std::size_t text_size) const {
  const auto at = [](const std::vector<std::int32_t>& ids, std::size_t place) {
    std::vector<Token> around;
    const auto byte = static_cast<std::int32_t>(place);
    for (const std::int32_t id : ids) around.push_back({id, byte, byte});
    return around;
  };
  const auto before = at(parts_.special_tokens.before, 0),
             after = at(parts_.special_tokens.after, text_size);
  tokens.insert(tokens.begin(), before.begin(), before.end());
  tokens.insert(tokens.end(), after.begin(), after.end());
  return tokens;
}

std::optional<std::int32_t> PipelineTokenizer::find(std::string_view token) const {
  return find_id(parts_.vocabulary, token);
}

std::vector<Token> PipelineTokenizer::run(std::string_view text, bool at_start,
                                          Recognise recognise) const {
  check_text(text);
  std::vector<Token> tokens;
  for (const AddedTokens::Part& part : added_tokens_.split(text, recognise)) {
    const auto begin = static_cast<std::int32_t>(part.begin);
    if (part.id) {
      tokens.push_back({*part.id, begin, static_cast<std::int32_t>(part.end)});
    } else {
      const std::size_t first = tokens.size();
      encode_part(text.substr(part.begin, part.end - part.begin), at_start && part.begin == 0,
                  recognise, tokens);
      move_spans(tokens, first, part.begin);
    }
  }
  return tokens;
}

void PipelineTokenizer::encode_part(std::string_view text, bool at_start, Recognise recognise,
                                    std::vector<Token>& tokens) const {
  if (!parts_.normalizer || parts_.normalizer->leaves_unchanged(text))
    return encode_normalized(text, at_start, recognise, tokens);
  AlignedText normalized = align(text);
  parts_.normalizer->apply(normalized);
  const AlignedUtf8 utf8 = utf8_of(normalized);
  const std::size_t first = tokens.size();
  // What stood before the first character may have been taken away: then it is not at the start.
  const bool begins = at_start && !normalized.empty() && normalized.front().begin == 0;
  encode_normalized(utf8.text, begins, recognise, tokens);
  to_original_spans(normalized, utf8, first, tokens);
}

void PipelineTokenizer::encode_normalized(std::string_view text, bool at_start, Recognise recognise,
                                          std::vector<Token>& tokens) const {
  for (const AddedTokens::Part& part : normalized_added_tokens_.split(text, recognise)) {
    if (part.id) {
      tokens.push_back(
          {*part.id, static_cast<std::int32_t>(part.begin), static_cast<std::int32_t>(part.end)});
      continue;
    }
    const std::size_t first = tokens.size();
    parts_.model->encode(text.substr(part.begin, part.end - part.begin),
                         at_start && part.begin == 0, tokens);
    move_spans(tokens, first, part.begin);
  }
}

}  // namespace lidit

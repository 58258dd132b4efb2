#include "encoders/text/templated_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "encoders/text/chat_template.h"
#include "encoders/text/random_words.h"
#include "encoders/text/utf8.h"
#include "results/errors.h"

namespace lidit {
namespace {

/// How many special tokens the post-processor puts before a text.
std::int64_t count_before(const Tokenizer& tokenizer) {
  const auto tokens = tokenizer.encode_as_text("a", true);
  const auto first = std::find_if(tokens.begin(), tokens.end(),
                                  [](const Token& token) { return token.begin < token.end; });
  return first - tokens.begin();
}

/// The special token that the post-processor puts behind a text.
std::int32_t end_token_of(const Tokenizer& tokenizer) {
  const auto tokens = tokenizer.encode_as_text("a", true);
  if (tokens.empty() || tokens.back().begin < tokens.back().end)
    throw FileError(
        "the tokenizer puts no end token behind a text, but this model's pooled text is the state "
        "at its end token: a tokenizer.json needs a post_processor that adds it.");
  return tokens.back().id;
}

/// Spans of a text as spans of its end, `bytes` bytes later.
void shift_spans(std::vector<Token>& tokens, std::size_t bytes) {
  const auto shift = static_cast<std::int32_t>(bytes);
  for (Token& token : tokens) {
    token.begin = std::max(token.begin - shift, 0);
    token.end = std::max(token.end - shift, 0);
  }
}

std::vector<Token> encode_next(const Tokenizer& tokenizer, bool at_start, std::string_view text) {
  return at_start ? tokenizer.encode_as_text(text, false) : tokenizer.encode_behind(text);
}

/// Refuses what looks like a control token (<|im_start|>, <start_of_turn>) in a template's text but
/// is none of this model's: it would be read letter by letter.
void check_markers(std::string_view text, std::string_view chat_template) {
  for (std::size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_|", at + 1);
    if (end == text.npos || text[end] != '>' || end == at + 1) continue;
    throw SpecError(
        fmt::format("the chat template '{}' needs the token {}, which this model does not have; "
                    "'plain' needs none.",
                    chat_template, text.substr(at, end + 1 - at)));
  }
}

}  // namespace

TemplatedTokenizer::TemplatedTokenizer(std::shared_ptr<const Tokenizer> tokenizer,
                                       const TemplateSettings& settings)
    : tokenizer_(std::move(tokenizer)), causal_(settings.causal) {
  if (!causal_) {
    if (!settings.instruction.empty() || settings.chat_template != "plain" || settings.system_text)
      throw SpecError(
          "a bidirectional model takes no instruction and no chat template but 'plain': what it "
          "reads before the caption would change with the caption.");
    if (settings.bos != BosUse::keep)
      throw SpecError(
          "a bidirectional model has no beginning-of-sequence token before the prompt: encoder.bos "
          "must be 'keep'.");
    caption_begin_ = count_before(*tokenizer_);
    return;
  }
  std::string instruction = settings.instruction;
  if (settings.random_words) {
    const auto tokens_before = [&](const std::string& text) {
      return static_cast<std::int64_t>(make_prefix(settings, text).ids.size());
    };
    instruction = lidit::random_words(tokens_before(instruction), tokens_before);
  }
  prefix_ = make_prefix(settings, instruction);
  add_bos(prefix_, settings);
  masked_prefix_ = settings.bos == BosUse::mask ? 1 : 0;
  if (settings.ends_captions) end_token_ = end_token_of(*tokenizer_);
  check_border(settings);
}

std::int32_t TemplatedTokenizer::require_bos() const {
  const auto bos = tokenizer_->bos();
  if (!bos)
    throw FileError(
        "the tokenizer names no beginning-of-sequence token, which a causal model needs at its "
        "first position; encoder.bos = \"drop\" goes without.");
  return *bos;
}

/// Tokenises the text that has come together since the last control token.
void TemplatedTokenizer::end_text(Prefix& prefix) const {
  const std::vector<Token> tokens =
      encode_next(*tokenizer_, prefix.text_at_start, prefix.last_text);
  prefix.last_tokens = tokens.size();
  for (const Token& token : tokens) prefix.ids.push_back(token.id);
}

void TemplatedTokenizer::append_control(Prefix& prefix, std::int64_t id) const {
  end_text(prefix);
  prefix.ids.push_back(id);
  prefix.last_text.clear();
  prefix.text_at_start = false;
}

void TemplatedTokenizer::append_written(Prefix& prefix, std::string_view text,
                                        const TemplateSettings& settings) const {
  std::size_t done = 0;
  for (const Token& special : tokenizer_->special_tokens_in(text)) {
    const auto begin = static_cast<std::size_t>(special.begin);
    check_markers(text.substr(done, begin - done), settings.chat_template);
    prefix.last_text += text.substr(done, begin - done);
    append_control(prefix, special.id);
    done = static_cast<std::size_t>(special.end);
  }
  check_markers(text.substr(done), settings.chat_template);
  prefix.last_text += text.substr(done);
}

TemplatedTokenizer::Prefix TemplatedTokenizer::make_prefix(const TemplateSettings& settings,
                                                           const std::string& instruction) const {
  const RenderedTemplate rendered =
      render_chat_template(settings.chat_template, settings.system_text, instruction);
  Prefix prefix;
  prefix.caption_lead = rendered.caption_lead;
  for (const TemplatePiece& piece : rendered.prefix) switch (piece.kind) {
      case TemplatePiece::Kind::written:
        append_written(prefix, piece.text, settings);
        break;
      case TemplatePiece::Kind::filled_in:
        prefix.last_text += piece.text;
        break;
      case TemplatePiece::Kind::bos:
        if (settings.bos != BosUse::drop) append_control(prefix, require_bos());
    }
  end_text(prefix);
  return prefix;
}

void TemplatedTokenizer::add_bos(Prefix& prefix, const TemplateSettings& settings) const {
  const auto bos = tokenizer_->bos();
  const bool is_there = bos && !prefix.ids.empty() && prefix.ids.front() == *bos;
  if (settings.bos != BosUse::drop) {
    if (!is_there) prefix.ids.insert(prefix.ids.begin(), require_bos());
  } else if (is_there) {
    throw SpecError(
        fmt::format("encoder.bos: the chat template '{}' itself begins with this model's "
                    "beginning-of-sequence token, which can be kept or masked but not dropped.",
                    settings.chat_template));
  }
}

/// What nearly every caption begins with must not join the prefix, or the benchmark's captions
/// would be read in tokens that the model was not trained on.
void TemplatedTokenizer::check_border(const TemplateSettings& settings) const {
  for (const std::string_view caption : {"a", "b", "t", "A", "T", "I", "3"})
    if (!behind_prefix(caption))
      throw SpecError(
          fmt::format("the tokenizer joins the end of the instruction or template '{}', \"{}\", "
                      "with a caption that begins with '{}': end it with a punctuation mark.",
                      settings.chat_template,
                      prefix_.last_text.substr(prefix_.last_text.size() -
                                               std::min<std::size_t>(prefix_.last_text.size(), 20)),
                      caption));
}

/// The caption's tokens in the text of prefix and caption, if none of them reaches into the prefix.
std::optional<std::vector<Token>> TemplatedTokenizer::behind_prefix(
    std::string_view caption) const {
  const std::string lead = prefix_.last_text + prefix_.caption_lead;
  std::vector<Token> tokens =
      encode_next(*tokenizer_, prefix_.text_at_start, lead + std::string(caption));
  const std::size_t count = prefix_.last_text.empty() ? 0 : prefix_.last_tokens;
  const auto edge = static_cast<std::int32_t>(prefix_.last_text.size());
  if (tokens.size() < count) return std::nullopt;
  const auto same_id = [](const Token& token, std::int64_t id) { return token.id == id; };
  if (!std::equal(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count),
                  prefix_.ids.end() - static_cast<std::ptrdiff_t>(count), same_id))
    return std::nullopt;
  tokens.erase(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count));
  if (!tokens.empty() && tokens.front().begin < edge) return std::nullopt;
  shift_spans(tokens, lead.size());
  return tokens;
}

PromptTokens TemplatedTokenizer::encode_caption(std::string_view caption) const {
  if (!causal_) return {tokenizer_->encode_as_text(caption, true), caption_begin_};
  if (!is_utf8(caption)) tokenizer_->encode_as_text(caption, false);  // says at which byte of it
  PromptTokens prompt;
  if (auto tokens = behind_prefix(caption)) {
    prompt.tokens = std::move(*tokens);
  } else {
    const std::string& lead = prefix_.caption_lead;
    const bool at_start = prefix_.text_at_start && prefix_.last_text.empty();
    prompt.tokens = encode_next(*tokenizer_, at_start, lead + std::string(caption));
    shift_spans(prompt.tokens, lead.size());
  }
  const auto end = static_cast<std::int32_t>(caption.size());
  if (end_token_) prompt.tokens.push_back({*end_token_, end, end});
  return prompt;
}

}  // namespace lidit

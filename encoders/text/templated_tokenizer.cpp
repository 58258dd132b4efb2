#include "encoders/text/templated_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "encoders/text/chat_template.h"
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

}  // namespace

TemplatedTokenizer::TemplatedTokenizer(std::shared_ptr<const Tokenizer> tokenizer,
                                       const TemplateSettings& settings)
    : tokenizer_(std::move(tokenizer)), causal_(settings.causal) {
  const ChatTemplate& chat_template = find_chat_template(settings.chat_template);
  if (causal_) {
    build_prefix(settings);
  } else if (!settings.instruction.empty() || chat_template.name != "plain") {
    throw SpecError(
        "a bidirectional model takes no instruction and no chat template but 'plain': what it "
        "reads before the caption would change with the caption.");
  } else {
    caption_begin_ = count_before(*tokenizer_);
  }
}

std::int32_t TemplatedTokenizer::control_token(const std::string& content,
                                               const TemplateSettings& settings) const {
  const auto id = tokenizer_->find(content);
  if (!id)
    throw SpecError(
        fmt::format("the chat template '{}' needs the token {}, which this model does not have; "
                    "'plain' needs none.",
                    settings.chat_template, content));
  return *id;
}

void TemplatedTokenizer::build_prefix(const TemplateSettings& settings) {
  const ChatTemplate& chat_template = find_chat_template(settings.chat_template);
  const auto rendered = chat_template.render(chat_template.system_text, settings.instruction);
  for (const TemplatePiece& piece : rendered.prefix) {
    if (piece.is_control) {
      prefix_.push_back(control_token(piece.text, settings));
    } else {
      for (const Token& token : tokenizer_->encode_as_text(piece.text, false))
        prefix_.push_back(token.id);
    }
  }
  const auto bos = tokenizer_->bos();
  if (!bos)
    throw FileError(
        "the tokenizer names no beginning-of-sequence token, which a causal model needs at its "
        "first position.");
  if (prefix_.empty() || prefix_.front() != *bos) prefix_.insert(prefix_.begin(), *bos);
  caption_lead_ = rendered.caption_lead;
}

PromptTokens TemplatedTokenizer::encode_caption(std::string_view caption) const {
  if (!causal_) return {tokenizer_->encode_as_text(caption, true), caption_begin_};
  PromptTokens prompt{tokenizer_->encode_as_text(caption_lead_ + std::string(caption), false), 0};
  const auto lead = static_cast<std::int32_t>(caption_lead_.size());
  for (Token& token : prompt.tokens) {
    token.begin = std::max(token.begin - lead, 0);
    token.end = std::max(token.end - lead, 0);
  }
  return prompt;
}

}  // namespace lidit

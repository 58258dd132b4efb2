// Prompts as a language model gets them: a constant prefix, measured by tokenising it, and the
// caption behind it.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/tokenizer.h"

namespace lidit {

/// A prompt's own tokens, behind the prefix.
struct PromptTokens {
  std::vector<Token> tokens;       // spans are bytes of the prompt; empty where it adds nothing
  std::int64_t caption_begin = 0;  // tokens before this one are not caption ([CLS])
};

struct TemplateSettings {
  std::string chat_template = "plain";  // a name of chat_template_table
  std::string instruction;              // text before the caption; empty: none
  bool causal = true;                   // the model's attention
};

/// Causal models: the prefix begins with BOS, once, and holds template and instruction; captions
/// are tokenised on their own, so that no token lies across the border and the prefix is the same
/// for every prompt. Bidirectional models: no prefix; captions get the special tokens of the
/// tokenizer's own post-processor.
class TemplatedTokenizer {
 public:
  /// Throws SpecError when the template is unknown, when the tokenizer lacks a control token of it,
  /// and on a template or an instruction for a bidirectional model; FileError when the tokenizer
  /// of a causal model names no BOS.
  TemplatedTokenizer(std::shared_ptr<const Tokenizer> tokenizer, const TemplateSettings& settings);

  /// Token ids before every caption.
  const std::vector<std::int64_t>& prefix() const { return prefix_; }
  /// Special tokens in `caption` are ordinary text. Throws UserError when it is not UTF-8.
  PromptTokens encode_caption(std::string_view caption) const;

 private:
  void build_prefix(const TemplateSettings& settings);
  std::int32_t control_token(const std::string& content, const TemplateSettings& settings) const;

  std::shared_ptr<const Tokenizer> tokenizer_;
  bool causal_;
  std::vector<std::int64_t> prefix_;
  std::string caption_lead_;
  std::int64_t caption_begin_ = 0;
};

}  // namespace lidit

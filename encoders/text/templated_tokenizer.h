// Prompts as a language model gets them: a constant prefix, measured by tokenising it, and the
// caption behind it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
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

/// The beginning-of-sequence token of a causal model, whose first position is an attention sink:
/// the model reads it and its state is kept; the model does not read it; the
/// model reads it and its state is not kept.
enum class BosUse { keep, drop, mask };

struct TemplateSettings {
  std::string chat_template = "plain";  // see render_chat_template
  std::string instruction{};            // text before the caption; empty: none
  bool causal = true;                   // the model's attention
  bool random_words = false;  // unrelated words of as many tokens in the place of the instruction
  BosUse bos = BosUse::keep;
  std::optional<std::string> system_text{};  // see render_chat_template
  bool ends_captions = false;  // a causal model's with the tokenizer's own end token (CLIP)
};

/// Causal models: the prefix begins with BOS, once, and holds template and instruction. It is the
/// same for every prompt: a caption's tokens are those of the whole text behind it, and a caption
/// that the tokenizer would join with the prefix is tokenised on its own; where the model wants it,
/// the end token of the tokenizer's post-processor follows and counts as the caption's last.
/// Bidirectional models: no prefix; captions get the special tokens of the tokenizer's own
/// post-processor.
class TemplatedTokenizer {
 public:
  /// Throws SpecError when the template cannot be rendered, when the tokenizer lacks a control
  /// token of it
  /// or joins its end with letters or digits behind it, when the BOS to drop is the template's own,
  /// when no random words are as long as the instruction, and on template, instruction or another
  /// use of BOS for a bidirectional model; FileError when a BOS or an end token is wanted and the
  /// tokenizer of a causal model names none.
  TemplatedTokenizer(std::shared_ptr<const Tokenizer> tokenizer, const TemplateSettings& settings);

  /// Token ids before every caption.
  const std::vector<std::int64_t>& prefix() const { return prefix_.ids; }
  /// How many of them the model reads and nobody else: 1 where BOS is masked.
  std::int64_t masked_prefix() const { return masked_prefix_; }
  /// Special tokens in `caption` are ordinary text. Throws UserError when it is not UTF-8.
  PromptTokens encode_caption(std::string_view caption) const;

 private:
  struct Prefix {
    std::vector<std::int64_t> ids;
    std::string last_text;        // what lies next to the caption, if it is no control token
    std::size_t last_tokens = 0;  // of last_text
    bool text_at_start = true;    // nothing but a BOS that no template writes stands before it
    std::string caption_lead;     // encoded with the caption
  };
  Prefix make_prefix(const TemplateSettings& settings, const std::string& instruction) const;
  void add_bos(Prefix& prefix, const TemplateSettings& settings) const;
  void append_written(Prefix& prefix, std::string_view text,
                      const TemplateSettings& settings) const;
  void end_text(Prefix& prefix) const;
  void append_control(Prefix& prefix, std::int64_t id) const;
  std::int32_t require_bos() const;
  void check_border(const TemplateSettings& settings) const;
  std::optional<std::vector<Token>> behind_prefix(std::string_view caption) const;

  std::shared_ptr<const Tokenizer> tokenizer_;
  bool causal_;
  Prefix prefix_;
  std::int64_t masked_prefix_ = 0;
  std::int64_t caption_begin_ = 0;
  std::optional<std::int32_t> end_token_;
};

}  // namespace lidit

// Cuts text into the pieces that a subword model never merges across.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/split_pattern.h"

namespace lidit {

/// The expressions that published tokenizers use and their files imply.
enum class KnownPattern { gpt2, llama3, qwen2, o200k, tekken, clip, digit, digits };
std::string_view text_of(KnownPattern pattern);

/// What GGUF's tokenizer.ggml.pre stands for.
struct GgufPreTokenizer {
  std::string_view name;
  std::vector<KnownPattern> stages;
  bool ignore_merges = false;  // a piece that is a token as a whole is taken without merging
  bool adds_bos = false;       // when the file does not say
  bool composes = false;       // text is put into NFC first, as the published tokenizer does
};
/// nullptr when the name is not supported.
const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name);
std::string supported_gguf_pre_tokenizers();

class PreTokenizer {
 public:
  /// Each stage cuts the pieces of the one before; no stage: the text is one piece.
  explicit PreTokenizer(std::vector<SplitPattern> stages) : stages_(std::move(stages)) {}
  explicit PreTokenizer(const std::vector<KnownPattern>& stages);
  std::vector<std::string_view> split(std::string_view text) const;

 private:
  std::vector<SplitPattern> stages_;
};

}  // namespace lidit

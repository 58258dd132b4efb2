// Cuts text into the pieces that byte-pair encoding never merges across.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/split_pattern.h"

namespace lidit {

/// The expressions that published tokenizers use; files name them by their text or imply them.
enum class KnownPattern { gpt2, llama3, digit, digits };

/// What GGUF's tokenizer.ggml.pre stands for.
struct GgufPreTokenizer {
  std::string_view name;
  std::vector<KnownPattern> stages;
  bool ignore_merges;  // a piece that is a token as a whole is taken without merging
  bool adds_bos;       // when the file does not say
};
/// nullptr when the name is not supported.
const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name);
std::string supported_gguf_pre_tokenizers();

/// The pattern with exactly this text, as in a Split of tokenizer.json.
std::optional<KnownPattern> find_pattern(std::string_view text);
std::string supported_patterns();

class PreTokenizer {
 public:
  /// Each stage cuts the pieces of the one before; no stage: the text is one piece.
  explicit PreTokenizer(const std::vector<KnownPattern>& stages);
  std::vector<std::string_view> split(std::string_view text) const;

 private:
  std::vector<SplitPattern> stages_;
};

}  // namespace lidit

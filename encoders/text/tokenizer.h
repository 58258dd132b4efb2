// Text to token ids with the bytes each token covers. One Tokenizer for every kind of file.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

struct Token {
  std::int32_t id;
  std::int32_t begin, end;  // bytes of the text given; begin == end for a token not in the text
};

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Ids as the published tokenizer gives them; `add_special`: with BOS, [CLS], [SEP] where the
  /// tokenizer's own post-processor adds them. Added tokens in the text are recognised as such.
  /// Throws UserError when `text` is not UTF-8.
  virtual std::vector<Token> encode(std::string_view text, bool add_special) const = 0;
  /// As encode, but special tokens in the text are ordinary text: what a user writes between the
  /// tokens of a template cannot open or close a turn.
  virtual std::vector<Token> encode_as_text(std::string_view text, bool add_special) const = 0;
  /// As encode_as_text without special tokens, for text that stands behind other tokens: a
  /// tokenizer that puts a space before a text's first word puts none here.
  virtual std::vector<Token> encode_behind(std::string_view text) const = 0;
  /// The special tokens that are written in `text`, in order.
  virtual std::vector<Token> special_tokens_in(std::string_view text) const = 0;
  virtual std::int64_t vocabulary_size() const = 0;
  /// The id of a token by its exact content ("<|im_start|>", "[CLS]"), added tokens included.
  virtual std::optional<std::int32_t> find(std::string_view token) const = 0;
  /// The beginning-of-sequence token that the file names, whether or not it adds it by itself.
  virtual std::optional<std::int32_t> bos() const = 0;
};

/// From a GGUF file, a tokenizer.json, a SentencePiece model, CLIP's gzipped vocabulary, or a
/// folder that holds one; told apart by their first bytes. A tiktoken file needs
/// `tiktoken_encoding` (tiktoken_encodings()), the name of its pattern and special tokens. Throws
/// FileError; UserError on an encoding that is missing, unknown or not wanted.
std::shared_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& path,
                                                std::string_view tiktoken_encoding = {});

}  // namespace lidit

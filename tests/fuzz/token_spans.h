// What every tokenizer that a fuzzer has loaded must hold.
#pragma once
#include <cstdlib>
#include <string_view>

#include "encoders/text/tokenizer.h"
#include "results/errors.h"

namespace lidit {

/// Stops the program unless the ids are of the vocabulary and the spans of the text. A text that is
/// not UTF-8, or that the file's pattern cannot split, may be refused.
inline void check_tokenizer(const Tokenizer& tokenizer, std::string_view text) {
  const auto check = [&](const std::vector<Token>& tokens) {
    for (const Token& token : tokens)
      if (token.id < 0 || token.id >= tokenizer.vocabulary_size() || token.begin < 0 ||
          token.end < token.begin || static_cast<std::size_t>(token.end) > text.size())
        std::abort();
  };
  try {
    check(tokenizer.encode(text, true));
    check(tokenizer.encode_as_text(text, false));
    check(tokenizer.encode_behind(text));
  } catch (const UserError&) {
  }
}

}  // namespace lidit

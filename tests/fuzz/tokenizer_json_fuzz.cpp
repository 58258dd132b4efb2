// tokenizer.json, up to a newline that a zero byte follows; behind it the text to tokenise.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "encoders/text/tokenizer_json.h"
#include "results/errors.h"

namespace {

void check_spans(const std::vector<lidit::Token>& tokens, std::size_t size) {
  for (const lidit::Token& token : tokens)
    if (token.id < 0 || token.begin < 0 || token.end < token.begin ||
        static_cast<std::size_t>(token.end) > size)
      std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t border = input.find(std::string_view("\n\0", 2));
  const std::string_view text =
      border == input.npos ? "A red\tcircle, 12 caf\u00e9s [CLS]" : input.substr(border + 2);
  try {
    const auto tokenizer = lidit::parse_tokenizer_json(input.substr(0, border), "fuzz");
    check_spans(tokenizer->encode(text, true), text.size());
    check_spans(tokenizer->encode_as_text(text, false), text.size());
  } catch (const lidit::UserError&) {  // FileError: the file; UserError: a text that is not UTF-8
  }
  return 0;
}

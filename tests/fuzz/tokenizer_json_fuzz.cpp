// tokenizer.json, up to a newline that a zero byte follows; behind it the text to tokenise.
#include "encoders/text/tokenizer_json.h"
#include "tests/fuzz/token_spans.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t border = input.find(std::string_view("\n\0", 2));
  const std::string_view text =
      border == input.npos ? "A red\tcircle, 12 caf\u00e9s [CLS]" : input.substr(border + 2);
  try {
    const auto tokenizer = lidit::parse_tokenizer_json(input.substr(0, border), "fuzz");
    lidit::check_tokenizer(*tokenizer, text);
  } catch (const lidit::FileError&) {
  }
  return 0;
}

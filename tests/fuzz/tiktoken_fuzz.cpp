// Rank lines behind those of all bytes, which no tiktoken file lacks, and the same lines alone.
#include <fmt/format.h>

#include "encoders/text/tiktoken_file.h"
#include "tests/fuzz/token_spans.h"

namespace {

std::string lines_of_all_bytes() {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string lines;
  for (std::size_t byte = 0; byte < 256; ++byte)
    lines += fmt::format("{}{}== {}\n", kDigits[byte >> 2], kDigits[(byte & 3) << 4], byte);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string bytes = lines_of_all_bytes();
  static const char* const kEncodings[] = {"r50k_base", "cl100k_base", "o200k_base", "qwen"};
  const std::string_view lines(reinterpret_cast<const char*>(data), size);
  lidit::is_tiktoken(lines);
  const char* const encoding = kEncodings[size % std::size(kEncodings)];
  for (const std::string& file : {bytes + std::string(lines), std::string(lines)}) {
    try {
      const auto tokenizer = lidit::parse_tiktoken(file, "fuzz", encoding);
      lidit::check_tokenizer(*tokenizer, "A red\tcircle, 12 caf\u00e9s it's <|endoftext|>");
      lidit::check_tokenizer(*tokenizer, lines);
    } catch (const lidit::FileError&) {
    }
  }
  return 0;
}

// CLIP's vocabulary: the bytes as the gzip file, and as the merges inside of one.
#include "encoders/text/clip_vocabulary.h"
#include "tests/fuzz/token_spans.h"
#include "tests/support/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string& file : {std::string(bytes), lidit::gzip_of(bytes)}) {
    try {
      const auto tokenizer = lidit::parse_clip_vocabulary(file, "fuzz");
      lidit::check_tokenizer(*tokenizer, "A red\tcircle, 12 caf\u00e9s it's <|endoftext|>");
      lidit::check_tokenizer(*tokenizer, bytes);
    } catch (const lidit::FileError&) {
    }
  }
  return 0;
}

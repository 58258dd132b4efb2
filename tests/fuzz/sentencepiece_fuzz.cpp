// A SentencePiece model; its last bytes are the text to tokenise too.
#include "encoders/text/sentencepiece_reader.h"
#include "tests/fuzz/token_spans.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool framed : {false, true}) {
    try {
      const auto tokenizer = lidit::parse_sentencepiece(bytes, "fuzz", {framed, framed});
      lidit::check_tokenizer(*tokenizer, "  A red\tcircle, \uFF11\u00BD caf\u00e9s <s>\u3000 ");
      lidit::check_tokenizer(*tokenizer, bytes.substr(size - size / 4));
    } catch (const lidit::FileError&) {
    }
  }
  return 0;
}

// GGUF bytes: key-values, tensors, and the tokenizer inside.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "encoders/text/gguf_tokenizer.h"
#include "encoders/weights/gguf_reader.h"
#include "results/errors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    for (const lidit::TensorView& tensor : lidit::parse_gguf(bytes, "fuzz").tensors) {
      std::vector<float> values(static_cast<std::size_t>(tensor.count()));
      lidit::dequantize(tensor, values);
    }
  } catch (const lidit::FileError&) {
  }
  try {
    lidit::gguf_tokenizer(lidit::parse_gguf_metadata(bytes, "fuzz"), "fuzz")
        ->encode("A red\tcircle, 12 caf\u00e9s <|im_start|>", true);
  } catch (const lidit::FileError&) {
  }
  return 0;
}

// safetensors bytes: the header's claims against the data.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "encoders/weights/safetensors_reader.h"
#include "results/errors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto contents = lidit::parse_safetensors(std::as_bytes(std::span(data, size)), "fuzz");
    for (const lidit::TensorView& tensor : contents.tensors) {
      std::vector<float> values(static_cast<std::size_t>(tensor.count()));
      lidit::dequantize(tensor, values);
    }
  } catch (const lidit::FileError&) {
  }
  return 0;
}

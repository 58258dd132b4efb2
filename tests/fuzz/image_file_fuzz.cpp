// Any bytes as a picture: pixels, or one FileError.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "results/image_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    lidit::decode_image(std::string_view(reinterpret_cast<const char*>(data), size), "f");
  } catch (const lidit::FileError&) {
  }
  return 0;
}

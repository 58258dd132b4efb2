// model.safetensors.index.json: files of its folder, or one FileError.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "encoders/weights/shard_index.h"
#include "results/errors.h"
#include "tests/support/temporary_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lidit::TemporaryFolder folder;
  static const auto shard = folder.write("a.safetensors", "");
  const auto index =
      folder.write("i.json", std::string_view(reinterpret_cast<const char*>(data), size));
  try {
    for (const auto& path : lidit::read_shard_index(index))
      if (path != shard) std::abort();  // the only one that is there
  } catch (const lidit::FileError&) {
  }
  return 0;
}

// config.json: the settings of a model, every value checked, or one FileError.
#include <cmath>
#include <cstdlib>

#include "encoders/llm/config_reader.h"
#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace {

constexpr std::int64_t kMost = 1'000'000;

template <class Read>
void accept_or_refuse(Read read) {
  try {
    if (!read()) std::abort();
  } catch (const lidit::FileError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lidit::TemporaryFolder folder;
  const auto path =
      folder.write("config.json", std::string_view(reinterpret_cast<const char*>(data), size));
  try {
    const auto config = lidit::ConfigReader::from_json_file(path);
    if (config.architecture().empty()) std::abort();
    for (const char* key :
         {"hidden_size", "rms_norm_eps", "rope_scaling.factor", "architectures"}) {
      accept_or_refuse([&] {
        const auto count = config.count(key, kMost);
        return count >= 1 && count <= kMost;
      });
      accept_or_refuse([&] { return std::isfinite(config.positive(key)); });
      accept_or_refuse([&] { return config.text_or(key, "x").size() < size + 2; });
      accept_or_refuse([&] { return config.flag_or(key, true) || config.has(key); });
      accept_or_refuse([&] { return !config.texts(key).empty(); });
      accept_or_refuse([&] { return config.require(key, std::int64_t{1}), true; });
    }
  } catch (const lidit::FileError&) {
  }
  return 0;
}

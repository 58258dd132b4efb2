// Any bytes as a spec file and as an override: cells, or one SpecError.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ablations/ablation_spec.h"
#include "tests/ablations/example_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lidit::Schema schema = lidit::example_schema();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string child = text.substr(0, text.find('\0'));  // what follows a NUL is the parent
  const std::string parent = child.size() < size ? text.substr(child.size() + 1) : "seeds = [0]";
  const auto read = [&](const std::filesystem::path& path) {
    return path == "child.toml" ? child : parent;
  };
  try {
    const auto spec = lidit::load_spec("child.toml", schema, {}, read);
    lidit::describe(spec);
    lidit::filter_cells(spec.cells, std::string_view(text).substr(0, 40), schema);
  } catch (const lidit::UserError&) {
  }
  try {
    lidit::load_spec("child.toml", schema, std::span(&text, 1),
                     [](const auto&) { return "seeds = [0]"; });
  } catch (const lidit::UserError&) {
  }
  return 0;
}

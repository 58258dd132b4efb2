#include "harness/spec_files.h"

#include <algorithm>
#include <system_error>

#include "harness/settings.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {

namespace fs = std::filesystem;

std::vector<std::string> spec_names(const Home& home) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(home.specs(), missing)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path find_spec(std::string_view name_or_path, const Home& home) {
  if (fs::is_regular_file(name_or_path)) return name_or_path;
  const std::vector<std::string> names = spec_names(home);
  if (std::find(names.begin(), names.end(), name_or_path) != names.end()) {
    return home.specs() / (std::string(name_or_path) + ".toml");
  }
  throw UserError(unknown_name("spec", name_or_path, names) + " A path to a file works too.");
}

AblationSpec open_spec(std::string_view name_or_path, const Home& home,
                       std::span<const std::string> overrides, std::string_view filter) {
  AblationSpec spec = load_spec(find_spec(name_or_path, home), experiment_schema(), overrides);
  if (!filter.empty()) spec.cells = filter_cells(spec.cells, filter, experiment_schema());
  return spec;
}

}  // namespace lidit

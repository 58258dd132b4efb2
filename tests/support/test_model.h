// Models that tests use when they have been fetched.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace lidit {

/// The folder of a fetched model, or nothing: below $LIDIT_HOME, by default .lidit in the checkout.
inline std::optional<std::filesystem::path> fetched_model(const char* name) {
  namespace fs = std::filesystem;
  const char* home = std::getenv("LIDIT_HOME");
  const fs::path folder =
      (home && *home ? fs::path(home) : fs::path(LIDIT_SOURCE_DIR) / ".lidit") / "models" / name;
  return fs::is_directory(folder) ? std::optional(folder) : std::nullopt;
}

}  // namespace lidit

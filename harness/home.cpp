#include "harness/home.h"

#include <cstdlib>

namespace lidit {
namespace {

std::filesystem::path folder_from(const char* variable, const std::filesystem::path& otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? std::filesystem::absolute(value) : otherwise;
}

}  // namespace

Home home_from_environment() {
  const std::filesystem::path source = folder_from("LIDIT_SOURCE", LIDIT_SOURCE_DIR);
  return {.root = folder_from("LIDIT_HOME", source / ".lidit"), .source = source};
}

}  // namespace lidit

// The specs that come with the program, by name.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/home.h"

namespace lidit {

/// The file of a spec: a path, or a name of `lidit list specs`. Throws UserError with the choices.
std::filesystem::path find_spec(std::string_view name_or_path, const Home& home);
/// The names of all specs that come with the program.
std::vector<std::string> spec_names(const Home& home);

}  // namespace lidit

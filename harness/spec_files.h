// The specs that come with the program, by name.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ablations/ablation_spec.h"
#include "harness/home.h"

namespace lidit {

/// The file of a spec: a path, or a name of `lidit list specs`. Throws UserError with the choices.
std::filesystem::path find_spec(std::string_view name_or_path, const Home& home);
/// That spec with the settings that `overrides` ("key=value") change and, unless `filter` is empty,
/// with only the cells that it picks (see filter_cells). Throws UserError as load_spec does too.
AblationSpec open_spec(std::string_view name_or_path, const Home& home,
                       std::span<const std::string> overrides = {}, std::string_view filter = {});
/// The names of all specs that come with the program.
std::vector<std::string> spec_names(const Home& home);

}  // namespace lidit

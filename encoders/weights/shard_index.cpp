#include "encoders/weights/shard_index.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <system_error>

#include "results/errors.h"
#include "results/files.h"
#include "results/json.h"

namespace lidit {
namespace {

constexpr std::uint64_t kLargestIndex = 64 << 20;
constexpr int kDepth = 4;
constexpr std::size_t kListed = 8;
constexpr std::size_t kShown = 200;  // letters of what the file says

/// A plain name: no folder may be left or entered.
bool is_shard_name(const std::string& name) {
  return std::filesystem::path(name).filename() == name && name.ends_with(".safetensors") &&
         name.find('\0') == name.npos;
}

}  // namespace

std::vector<std::filesystem::path> read_shard_index(const std::filesystem::path& index) {
  const nlohmann::json json = parse_json(read_file(index, kLargestIndex), index.string(), kDepth);
  const auto map = json.is_object() ? json.find("weight_map") : json.end();
  if (!json.is_object() || map == json.end() || !map->is_object() || map->empty())
    throw FileError(
        fmt::format("{}: 'weight_map' must say which file holds which tensor", index.string()));
  std::set<std::string> names;
  for (const auto& [tensor, file] : map->items()) {
    if (!file.is_string() || !is_shard_name(file.get<std::string>()))
      throw FileError(fmt::format(
          "{}: '{}' is in {}, which is no .safetensors file of this folder", index.string(),
          tensor.substr(0, kShown),
          file.is_string() ? file.dump().substr(0, kShown) : std::string("a ") + file.type_name()));
    names.insert(file.get<std::string>());
  }
  std::vector<std::filesystem::path> found;
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    found.push_back(index.parent_path() / name);
    std::error_code unreadable;  // also a name that no file system takes: it is not there
    if (!std::filesystem::is_regular_file(found.back(), unreadable)) missing.push_back(name);
  }
  if (!missing.empty()) {
    const std::size_t listed = std::min(missing.size(), kListed);
    throw FileError(fmt::format("{} names {} files that are not there: {}{}", index.string(),
                                missing.size(), fmt::join(std::span(missing).first(listed), ", "),
                                listed < missing.size() ? ", ..." : ""));
  }
  return found;
}

}  // namespace lidit

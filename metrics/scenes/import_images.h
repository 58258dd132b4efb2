// Pictures of the drawn world's prompts by any other system, in the files of export_world.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/scenes/world.h"

namespace lidit::scenes {

/// What world.json says of a folder.
struct WorldFile {
  WorldSettings settings;  // those on which the tests depend
  std::string tests;       // World::describe_tests()
  std::string split;
  std::int64_t prompts = 0;
};
/// FileError for one that is missing or broken.
WorldFile read_world_file(const std::filesystem::path& folder);

/// Where the pictures of a split are: in the folder of its name below `folder`, or in `folder`.
std::filesystem::path split_folder(const std::filesystem::path& folder, std::string_view split);
/// The splits for which `folder` has pictures, in the order of their names.
std::vector<std::string> imported_splits(const std::filesystem::path& folder);

/// The picture of each example, or nothing where there is none. FileError when world.json speaks of
/// another world or split or of fewer prompts, and for pictures that are unreadable or whose sides
/// are no whole multiples of the world's.
std::vector<std::optional<Image>> import_images(const World& world, std::string_view split,
                                                std::span<const Example> examples,
                                                const std::filesystem::path& folder);

/// SHA-256 over world.json, and names and contents of the pictures of the splits.
std::string hash_imported(const std::filesystem::path& folder, std::span<const std::string> splits);

}  // namespace lidit::scenes

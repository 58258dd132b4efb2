#include "metrics/scenes/import_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "metrics/scenes/export_world.h"
#include "metrics/scenes/rgb.h"
#include "results/errors.h"
#include "results/fields.h"
#include "results/files.h"
#include "results/hash.h"

namespace lidit::scenes {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorldFile = "world.json";
constexpr std::uint64_t kWorldFileLimit = 1 << 16;  // bytes
constexpr std::uint64_t kPictureLimit = std::uint64_t{1} << 30;

std::uint64_t seed_of(const std::string& text, const std::string& where) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size())
    throw FileError(fmt::format("{}: the seed '{}' is no whole number", where, text));
  return seed;
}

void check_world(const WorldFile& file, const World& world, std::string_view split,
                 std::int64_t prompts, const std::string& where) {
  if (file.tests != world.describe_tests())
    throw FileError(fmt::format("{}: drawn for '{}', but wanted is '{}'", where, file.tests,
                                world.describe_tests()));
  if (file.split != split)
    throw FileError(
        fmt::format("{}: drawn for the split '{}', but wanted is '{}'", where, file.split, split));
  if (file.prompts < prompts)
    throw FileError(fmt::format("{}: {} prompts, but wanted are {}", where, file.prompts, prompts));
}

}  // namespace

WorldFile read_world_file(const fs::path& folder) {
  const std::string where = (folder / kWorldFile).string();
  const Fields fields = fields_from_json(read_file(where, kWorldFileLimit), where);
  try {
    const auto fold = get<std::int64_t>(fields, "fold");
    if (fold < 0 || fold >= kGroups) throw FileError(fmt::format("there is no fold {}", fold));
    return {.settings = {.preset = get<std::string>(fields, "preset"),
                         .seed = seed_of(get<std::string>(fields, "seed"), where),
                         .fold = static_cast<int>(fold)},
            .tests = get<std::string>(fields, "tests"),
            .split = get<std::string>(fields, "split"),
            .prompts = get<std::int64_t>(fields, "prompts")};
  } catch (const SpecError& error) {
    throw FileError(fmt::format("{}: {}", where, error.what()));
  }
}

fs::path split_folder(const fs::path& folder, std::string_view split) {
  const fs::path own = folder / split;
  return fs::exists(own / kWorldFile) ? own : folder;
}

std::vector<std::string> imported_splits(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw FileError(fmt::format("cannot read {}: no such folder", folder.string()));
  if (fs::exists(folder / kWorldFile)) return {read_world_file(folder).split};
  std::vector<std::string> splits;
  for (const auto& entry : fs::directory_iterator(folder))
    if (fs::exists(entry.path() / kWorldFile)) splits.push_back(entry.path().filename());
  if (splits.empty())
    throw FileError(
        fmt::format("{}: no {} in it, nor in a folder of it", folder.string(), kWorldFile));
  std::ranges::sort(splits);
  return splits;
}

std::vector<std::optional<Image>> import_images(const World& world, std::string_view split,
                                                std::span<const Example> examples,
                                                const fs::path& folder) {
  const fs::path place = split_folder(folder, split);
  check_world(read_world_file(place), world, split, std::ssize(examples), place.string());
  std::vector<std::optional<Image>> images;
  for (const Example& example : examples) {
    const fs::path file = place / image_name(example.index);
    images.push_back(fs::exists(file)
                         ? std::optional(from_rgb(world.preset(), read_png(file), file.string()))
                         : std::nullopt);
  }
  return images;
}

std::string hash_imported(const fs::path& folder, std::span<const std::string> splits) {
  Sha256 hash;
  for (const std::string& split : splits) {
    const fs::path place = split_folder(folder, split);
    hash.update(read_file(place / kWorldFile, kWorldFileLimit));
    std::vector<std::string> names;
    if (fs::is_directory(place / "images"))
      for (const auto& entry : fs::directory_iterator(place / "images"))
        if (entry.path().extension() == ".png") names.push_back(entry.path().filename());
    std::ranges::sort(names);
    for (const std::string& name : names)
      hash.update(fmt::format("{} {}\n", name,
                              sha256_hex(read_file(place / "images" / name, kPictureLimit))));
  }
  return hex(hash.finish());
}

}  // namespace lidit::scenes

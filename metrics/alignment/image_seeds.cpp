#include "metrics/alignment/image_seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "metrics/prompts/json_lines.h"
#include "metrics/prompts/text_file.h"

namespace lidit::benchmarks {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The seed of each image by prompt and number.
using Seeds = std::map<std::pair<std::string, std::int64_t>, std::string>;

/// A line of a manifest names the first image of its file and lists seeds; one of a plan has one.
void take_line(const json& line, Seeds& seeds) {
  const auto has = [&](const char* key, auto is_right) {
    const auto found = line.find(key);
    return found != line.end() && is_right(*found);
  };
  const auto is_text = [](const json& node) { return node.is_string(); };
  const auto is_number = [](const json& node) { return node.is_number_integer(); };
  if (!has("prompt", is_text)) return;
  const auto& prompt = line["prompt"].get_ref<const std::string&>();
  if (has("image", is_number) && has("seeds", [](const json& node) { return node.is_array(); })) {
    std::int64_t image = line["image"].get<std::int64_t>();
    for (const json& seed : line["seeds"])
      if (seed.is_string()) seeds[{prompt, image++}] = seed.get<std::string>();
  } else if (has("number", is_number) && has("seed", is_text)) {
    seeds[{prompt, line["number"].get<std::int64_t>()}] = line["seed"].get<std::string>();
  }
}

/// Whether every image has a seed.
bool cover(const Seeds& seeds, std::span<const ExpectedImage> expected) {
  for (const ExpectedImage& image : expected)
    for (std::int64_t number = image.image; number < image.image + image.tiles; ++number)
      if (!seeds.contains({image.prompt, number})) return false;
  return !expected.empty();
}

bool are_shared(const Seeds& seeds, std::span<const ExpectedImage> expected) {
  std::map<std::int64_t, std::string> of_image;
  for (const ExpectedImage& image : expected)
    for (std::int64_t number = image.image; number < image.image + image.tiles; ++number) {
      const std::string& seed = seeds.at({image.prompt, number});
      if (of_image.emplace(number, seed).first->second != seed) return false;
    }
  return true;
}

}  // namespace

SeedDesign seed_design(const fs::path& folder, std::span<const ExpectedImage> expected,
                       OfficialSeeds official) {
  const bool one_each = std::ranges::all_of(
      expected, [](const ExpectedImage& image) { return image.image == 0 && image.tiles == 1; });
  if (one_each) return {};
  for (const char* name : {"manifest.jsonl", "plan.jsonl"}) {
    const fs::path path = folder / name;
    if (!fs::exists(path)) continue;
    Seeds seeds;
    for_each_json_line(read_text(path), path.string(),
                       [&](const json& line, std::string_view) { take_line(line, seeds); });
    if (!cover(seeds, expected)) continue;
    if (are_shared(seeds, expected))
      return {true, fmt::format("by {}, image k of every prompt has the same seed", name)};
    return {false, fmt::format("by {}, prompts do not share their seeds", name)};
  }
  if (official == OfficialSeeds::shared)
    return {true,
            "no manifest.jsonl gives all seeds; they are taken to be the same for every prompt, as "
            "in the official script"};
  return {false, ""};
}

}  // namespace lidit::benchmarks

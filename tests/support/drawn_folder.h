// Folders of drawn pictures in the layouts of the official benchmarks, for the prompts beside the
// synthetic judge files of tests/golden/judges.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment/image_folder.h"
#include "metrics/prompts/prompt_set.h"
#include "metrics/scenes/rgb.h"
#include "metrics/scenes/world.h"
#include "results/names.h"

namespace lidit::benchmarks {

inline const std::filesystem::path kJudgeGolden =
    std::filesystem::path(LIDIT_GOLDEN_DIR) / "judges";

inline const Benchmark& benchmark_of(std::string_view name) {
  return find_named("benchmark", name, benchmark_table());
}

/// geneval, t2i-compbench (with its category color only, unless told) or dpg-bench.
inline ScoreRequest golden_request(std::string_view name,
                                   std::vector<std::string> categories = {"color"}) {
  ScoreRequest request{.data = prompt_data(LIDIT_SOURCE_DIR)};
  if (name == "geneval") request.prompts = kJudgeGolden / "geneval.prompts.jsonl";
  if (name == "t2i-compbench") request.prompts = kJudgeGolden / "compbench.prompts";
  if (name == "dpg-bench") request.prompts = kJudgeGolden / "dpg.questions.csv";
  if (name == "t2i-compbench") request.categories = std::move(categories);
  return request;
}

/// Pictures `first`, ... of the drawn world.
inline std::vector<Image> draw(std::int64_t count, std::int64_t first) {
  static const scenes::World world({.preset = "tiny"});
  std::vector<Image> images;
  for (std::int64_t i = 0; i < count; ++i)
    images.push_back(scenes::to_rgb(world.draw(world.example("train", first + i).scene)));
  return images;
}

/// The whole layout, with 50 pictures that repeat.
inline void fill_with_drawings(std::string_view name, const ScoreRequest& request,
                               const std::filesystem::path& folder) {
  ImageFolderWriter writer(benchmark_of(name), request, folder,
                           {.model_hash = "m", .sampler = "drawn"});
  std::int64_t drawn = 0;
  for (const ExpectedImage& image : writer.images()) {
    writer.write(image, draw(image.tiles, drawn % 50),
                 std::vector<std::string>(static_cast<std::size_t>(image.tiles), "42"));
    drawn += image.tiles;
  }
  writer.finish();
}

}  // namespace lidit::benchmarks

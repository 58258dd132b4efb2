// Which seeds the images of a folder were drawn from, as far as its own files say.
#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "metrics/alignment/benchmark.h"

namespace lidit::benchmarks {

/// Whether prompts are crossed with seeds: image k of every prompt is from the same one.
struct SeedDesign {
  bool shared = false;
  std::string reason{};  // how that is known, for the foot of a table
};

/// By the "seeds" of manifest.jsonl or else the "seed" of plan.jsonl in `folder` (image_folder.h,
/// image_plan.h), where they have one for every image; where they have not, images are taken to be
/// drawn as the benchmark's official script draws them. One image a prompt is not crossed.
/// FileError for a broken line in these files; lines of another form say nothing.
SeedDesign seed_design(const std::filesystem::path& folder, std::span<const ExpectedImage> expected,
                       OfficialSeeds official);

}  // namespace lidit::benchmarks

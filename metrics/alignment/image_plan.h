// From a benchmark's prompts to its layout: which images to draw, and images put where its
// evaluator looks for them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "metrics/alignment/image_folder.h"
#include "results/seed_policy.h"

namespace lidit::benchmarks {

/// One JSON line an image to draw: id, prompt (its id), category, caption (exact), number among the
/// prompt's images, seed, and the file of the layout (several share one where it is a grid).
std::string image_plan(std::span<const ExpectedImage> images, SeedPolicy policy,
                       std::uint64_t base_seed);

/// Writes the images (PNG or JPEG) of a folder with captions.jsonl (captioned_images.h) into a
/// layout. A prompt takes the first images that have exactly its text. Returns how many images no
/// prompt took; UserError that names what is missing, before anything is written.
std::int64_t fill_layout(ImageFolderWriter& writer, const std::filesystem::path& folder);

}  // namespace lidit::benchmarks

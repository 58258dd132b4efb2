// A page on which people judge pairs of images: plain files, opened from the disk, no server.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/errors.h"

namespace lidit::human {

/// Two systems' images of the same prompts, and how they are shown.
struct ComparisonOptions {
  std::filesystem::path first, second;  // folders with captions.jsonl
  std::string question = "Which image shows better what the text says?";
  std::optional<std::int64_t> count{};  // prompts, drawn at random; all of them unless given
  std::uint64_t seed = 0;               // of the draw, the order, the sides and the file names
};

/// One pair of the page, and which side was whose: what the page itself does not say.
struct PairKey {
  std::string pair;    // its name on the page
  std::string prompt;  // the caption's id in the first folder
  std::string caption;
  bool first_is_left = false;
};
struct ComparisonKey {
  std::string page;           // the name of the page, which every file of answers repeats
  std::string first, second;  // the systems: their folders' names
  std::vector<PairKey> pairs;
};

/// Writes `folder`:
///   index.html   the page, with everything but the images in it
///   images/      the images under names that say nothing
///   key.jsonl    which is whose: for `lidit score`, not for raters
/// Images are PNG, JPEG or WebP files. A caption is judged once: a pair is the first image of it in
/// each folder.
/// UserError when the folder has a key already, when fewer prompts are shared than asked for, and
/// for images that are not there.
ComparisonKey write_comparison(const ComparisonOptions& options,
                               const std::filesystem::path& folder);

/// key.jsonl of a folder; FileError for one that is missing or broken.
ComparisonKey read_comparison_key(const std::filesystem::path& folder);

}  // namespace lidit::human

// Folders of images in the layouts that the benchmarks publish: written whole, and checked whole.
#pragma once
#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "metrics/alignment/benchmark.h"
#include "results/png.h"

namespace lidit::benchmarks {

/// What a folder of images holds of what a benchmark asks for.
struct ImageFolder {
  std::int64_t expected = 0;         // images; a grid of four tiles counts as four
  std::vector<std::string> missing;  // "prompt #image" of each that is not there
  std::set<std::pair<std::string, std::int64_t>> found;  // prompt and image
  std::string hash;                   // SHA-256 over names and contents of the files
  std::vector<std::string> unread{};  // image files beside them that no prompt asks for
};

/// Reads every expected image, and lists what else the layout's folders have: PNG and JPEG files
/// that belong to no prompt, or are a second file of one image. FileError naming the file for one
/// that is unreadable or truncated, for a grid whose sides are odd and for a missing folder.
ImageFolder check_image_folder(const std::filesystem::path& folder,
                               std::span<const ExpectedImage> expected);

/// "2 image files belong to no prompt ...: a.png, b.png"; empty where there are none.
std::string describe_unread(const ImageFolder& folder);

/// UserError when images are missing, unless that is allowed, and when an image was judged that is
/// not in the folder.
void check_complete(const ImageFolder& folder, const BenchmarkScore& score, Missing missing,
                    const std::filesystem::path& where);

/// How the images of a folder were made: the same for all of them.
struct Generation {
  std::string model_hash, sampler;
  bool rewritten = false;  // whether the prompts were rewritten before they were drawn
};

/// What the layout has besides images: for GenEval the metadata of each prompt.
void write_prompt_metadata(const Benchmark& benchmark, const ScoreRequest& request,
                           const std::filesystem::path& folder);

/// Writes images where the published evaluator looks for them, and manifest.jsonl: a line an image
/// file with prompt id, SHA-256 of the exact text, seeds, sampler, size, file, model hash and
/// whether the prompt was rewritten; and write_prompt_metadata.
class ImageFolderWriter {
 public:
  /// UserError when `folder` has a manifest already.
  ImageFolderWriter(const Benchmark& benchmark, const ScoreRequest& request,
                    std::filesystem::path folder, Generation generation);

  /// What is to be drawn, in the order of the prompts.
  const std::vector<ExpectedImage>& images() const { return images_; }
  /// One file: one image, or the tiles of a grid (top left, top right, bottom left, bottom right).
  /// `seeds`: one for each, or none where they are not known. UserError for tiles of unequal size;
  /// std::logic_error for another number of tiles or seeds.
  void write(const ExpectedImage& where, std::span<const Image> tiles,
             const std::vector<std::string>& seeds);
  /// Writes the manifest; UserError that names what was not written.
  void finish() const;

 private:
  std::filesystem::path folder_;
  Generation generation_;
  std::vector<ExpectedImage> images_;
  std::vector<std::string> lines_;
  std::set<std::string> written_;
};

/// Four images of one size as a 2 x 2 grid; one image as it is.
Image tile_images(std::span<const Image> tiles);

}  // namespace lidit::benchmarks

#include "metrics/alignment/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "metrics/prompts/geneval_prompts.h"
#include "metrics/prompts/text_file.h"
#include "results/errors.h"
#include "results/fields.h"
#include "results/files.h"
#include "results/hash.h"
#include "results/image_file.h"

namespace lidit::benchmarks {
namespace {

namespace fs = std::filesystem;

/// The first of the files that is there, or nothing.
std::string present_file(const fs::path& folder, const ExpectedImage& image) {
  for (const std::string& file : image.files)
    if (fs::exists(folder / file)) return file;
  return {};
}

void check_image(const std::string& bytes, const std::string& where, std::int64_t tiles) {
  const Image image = decode_image(bytes, where);
  if (tiles > 1 && (image.width % 2 != 0 || image.height % 2 != 0))
    throw FileError(fmt::format("{}: {} x {} pixels are no 2 x 2 grid of equal tiles", where,
                                image.width, image.height));
}

bool is_all_digits(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_image_name(const std::string& name) {
  std::string extension = fs::path(name).extension().string();
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return !name.starts_with('.') &&
         (extension == ".png" || extension == ".jpg" || extension == ".jpeg");
}

/// The names in a folder; none where it cannot be read.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    names.push_back(entry->path().filename().string());
  return names;
}

/// The folders in which a layout has images. Where they are numbered (GenEval) the evaluator walks
/// through all numbers; folders of other names may be those of categories that are not scored.
std::set<fs::path> layout_folders(const fs::path& folder, std::span<const ExpectedImage> expected) {
  std::set<fs::path> folders;
  fs::path below_number;
  for (const ExpectedImage& image : expected)
    for (const std::string& file : image.files) {
      const fs::path parent = fs::path(file).parent_path();
      folders.insert(parent);
      if (parent.has_parent_path() && is_all_digits(parent.parent_path().string()))
        below_number = parent.filename();
    }
  if (below_number.empty()) return folders;
  for (const std::string& name : names_in(folder))
    if (is_all_digits(name)) folders.insert(fs::path(name) / below_number);
  return folders;
}

std::vector<std::string> unread_images(const fs::path& folder,
                                       std::span<const ExpectedImage> expected,
                                       const std::set<std::string>& read) {
  std::vector<std::string> unread;
  std::error_code ignored;
  for (const fs::path& parent : layout_folders(folder, expected))
    for (const std::string& name : names_in(folder / parent)) {
      const std::string file = (parent / name).generic_string();
      if (is_image_name(name) && !read.contains(file) &&
          fs::is_regular_file(folder / file, ignored))
        unread.push_back(file);
    }
  std::ranges::sort(unread);
  return unread;
}

}  // namespace

ImageFolder check_image_folder(const fs::path& folder, std::span<const ExpectedImage> expected) {
  if (!fs::is_directory(folder))
    throw FileError(fmt::format("cannot read {}: no such folder", folder.string()));
  ImageFolder found;
  Sha256 hash;
  std::set<std::string> read;
  for (const ExpectedImage& image : expected) {
    found.expected += image.tiles;
    const std::string file = present_file(folder, image);
    if (!file.empty()) {
      const std::string bytes = read_file(folder / file, kImageFileLimit);
      check_image(bytes, (folder / file).string(), image.tiles);
      hash.update(fmt::format("{} {}\n", file, sha256_hex(bytes)));
      read.insert(file);
    }
    for (std::int64_t tile = image.image; tile < image.image + image.tiles; ++tile) {
      if (file.empty())
        found.missing.push_back(fmt::format("{} #{}", image.prompt, tile));
      else
        found.found.emplace(image.prompt, tile);
    }
  }
  found.hash = hex(hash.finish());
  found.unread = unread_images(folder, expected, read);
  return found;
}

std::string describe_unread(const ImageFolder& folder) {
  if (folder.unread.empty()) return "";
  return fmt::format(
      "{} image files belong to no prompt, or are a second file of one image, and are not read: {}",
      folder.unread.size(), name_some(folder.unread));
}

void check_complete(const ImageFolder& folder, const BenchmarkScore& score, Missing missing,
                    const fs::path& where) {
  if (!folder.missing.empty() && missing == Missing::refuse)
    throw UserError(fmt::format("{}: {}; --allow-missing scores the rest and marks the score",
                                where.string(), describe_missing(folder.missing, folder.expected)));
  for (const ImageScore& image : score.images)
    if (!folder.found.contains({image.prompt, image.image}))
      throw UserError(fmt::format("image {} of prompt '{}' was judged, but is not in {}",
                                  image.image, image.prompt, where.string()));
}

Image tile_images(std::span<const Image> tiles) {
  if (tiles.size() == 1) return tiles.front();
  if (tiles.size() != 4)
    throw std::logic_error(fmt::format("{} images are no 2 x 2 grid", tiles.size()));
  const std::int64_t width = tiles.front().width, height = tiles.front().height;
  for (const Image& tile : tiles)
    if (tile.width != width || tile.height != height)
      throw UserError(fmt::format("images of {} x {} and {} x {} pixels are no tiles of one grid",
                                  width, height, tile.width, tile.height));
  Image grid{2 * width, 2 * height, {}};
  for (std::int64_t row = 0; row < 2 * height; ++row) {
    for (std::size_t column = 0; column < 2; ++column) {
      const Image& tile = tiles[(row < height ? 0U : 2U) + column];
      const auto from = tile.rgb.begin() + (row % height) * width * 3;
      grid.rgb.insert(grid.rgb.end(), from, from + width * 3);
    }
  }
  return grid;
}

void write_prompt_metadata(const Benchmark& benchmark, const ScoreRequest& request,
                           const fs::path& folder) {
  if (benchmark.name != "geneval") return;
  const fs::path path =
      request.prompts.value_or(request.data / "geneval" / "evaluation_metadata.jsonl");
  std::int64_t number = 0;
  for (const GenEvalPrompt& prompt : parse_geneval(read_text(path), path.string())) {
    const fs::path place = folder / fmt::format("{:05}", number++);
    make_folder(place);
    write_file(place / "metadata.jsonl", prompt.metadata + "\n");
  }
}

ImageFolderWriter::ImageFolderWriter(const Benchmark& benchmark, const ScoreRequest& request,
                                     fs::path folder, Generation generation)
    : folder_(std::move(folder)),
      generation_(std::move(generation)),
      images_(expected_images(benchmark, request)) {
  if (fs::exists(folder_ / "manifest.jsonl"))
    throw UserError(
        fmt::format("{} has a manifest already; choose an empty folder", folder_.string()));
  make_folder(folder_);
  write_prompt_metadata(benchmark, request, folder_);
}

void ImageFolderWriter::write(const ExpectedImage& where, std::span<const Image> tiles,
                              const std::vector<std::string>& seeds) {
  if (std::ssize(tiles) != where.tiles || (!seeds.empty() && seeds.size() != tiles.size()))
    throw std::logic_error(fmt::format("{} images and {} seeds for a file that holds {}",
                                       tiles.size(), seeds.size(), where.tiles));
  const std::string& file = where.files.front();
  const Image image = tile_images(tiles);
  make_folder((folder_ / file).parent_path());
  write_png(folder_ / file, image);
  written_.insert(file);
  lines_.push_back(to_json(Fields{{"prompt", where.prompt},
                                  {"text_sha256", sha256_hex(where.text)},
                                  {"image", where.image},
                                  {"seeds", seeds},
                                  {"sampler", generation_.sampler},
                                  {"width", image.width},
                                  {"height", image.height},
                                  {"file", file},
                                  {"model_sha256", generation_.model_hash},
                                  {"rewritten", generation_.rewritten}}));
}

void ImageFolderWriter::finish() const {
  std::vector<std::string> missing;
  for (const ExpectedImage& image : images_)
    if (!written_.contains(image.files.front())) missing.push_back(image.files.front());
  if (!missing.empty())
    throw UserError(
        fmt::format("{}: {}", folder_.string(), describe_missing(missing, std::ssize(images_))));
  std::string text;
  for (const std::string& line : lines_) text += line + "\n";
  write_file(folder_ / "manifest.jsonl", text);
}

}  // namespace lidit::benchmarks

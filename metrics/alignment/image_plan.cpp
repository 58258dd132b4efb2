#include "metrics/alignment/image_plan.h"

#include <fmt/format.h>

#include <map>

#include "metrics/alignment/captioned_images.h"
#include "results/fields.h"
#include "results/image_file.h"

namespace lidit::benchmarks {
namespace {

/// Images by caption, each given away once and in the order of the folder.
class Supply {
 public:
  explicit Supply(std::span<const CaptionedImage> images) {
    for (const CaptionedImage& image : images) by_caption_[image.caption].images.push_back(&image);
  }
  /// Null when there is none left.
  const CaptionedImage* take(const std::string& caption) {
    const auto found = by_caption_.find(caption);
    if (found == by_caption_.end() || found->second.taken == found->second.images.size())
      return nullptr;
    return found->second.images[found->second.taken++];
  }

 private:
  struct Shelf {
    std::vector<const CaptionedImage*> images;
    std::size_t taken = 0;
  };
  std::map<std::string, Shelf> by_caption_;
};

}  // namespace

std::string image_plan(std::span<const ExpectedImage> images, SeedPolicy policy,
                       std::uint64_t base_seed) {
  std::string plan;
  for (const ExpectedImage& image : images)
    for (std::int64_t number = image.image; number < image.image + image.tiles; ++number)
      plan += to_json(Fields{
                  {"id", image_id(image.prompt, number)},
                  {"prompt", image.prompt},
                  {"category", image.category},
                  {"caption", image.text},
                  {"number", number},
                  {"seed", fmt::format("{}", image_seed(policy, base_seed, image.prompt,
                                                        static_cast<std::uint64_t>(number)))},
                  {"file", image.files.front()}}) +
              "\n";
  return plan;
}

std::int64_t fill_layout(ImageFolderWriter& writer, const std::filesystem::path& folder) {
  const std::vector<CaptionedImage> images = read_captions(folder);
  Supply supply(images);
  std::vector<const CaptionedImage*> taken;
  std::vector<std::string> missing;
  for (const ExpectedImage& place : writer.images())
    for (std::int64_t number = place.image; number < place.image + place.tiles; ++number) {
      taken.push_back(supply.take(place.text));
      if (taken.back() == nullptr) missing.push_back(image_id(place.prompt, number));
    }
  if (!missing.empty())
    throw UserError(fmt::format("{}: {}", (folder / "captions.jsonl").string(),
                                describe_missing(missing, std::ssize(taken))));
  auto next = taken.begin();
  for (const ExpectedImage& place : writer.images()) {
    std::vector<Image> tiles;
    std::vector<std::string> seeds;
    for (std::int64_t tile = 0; tile < place.tiles; ++tile, ++next) {
      tiles.push_back(read_image(folder / (*next)->file));
      if (!(*next)->seed.empty()) seeds.push_back((*next)->seed);
    }
    if (seeds.size() != tiles.size()) seeds.clear();
    writer.write(place, tiles, seeds);
  }
  writer.finish();
  return std::ssize(images) - std::ssize(taken);
}

}  // namespace lidit::benchmarks

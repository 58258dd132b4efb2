#include "harness/commands/score_clip.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>

#include "harness/commands/score.h"
#include "harness/exit_code.h"
#include "harness/provenance.h"
#include "metrics/alignment/captioned_images.h"
#include "metrics/alignment/crossed_intervals.h"
#include "metrics/alignment/score_record.h"
#include "metrics/clip/clip_model.h"
#include "results/files.h"
#include "results/hash.h"
#include "results/image_file.h"
#include "results/store.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using benchmarks::BenchmarkScore;
using benchmarks::CaptionedImage;

constexpr std::size_t kAtOnce = 16;  // images in one batch
constexpr double kClipScoreWeight = 2.5;

/// The images of the folder, those without a file left out where that is allowed.
struct ImagesToScore {
  std::vector<CaptionedImage> present;
  std::int64_t expected = 0;
};

ImagesToScore find_images(const ScoreOptions& options) {
  const fs::path folder = options.images;
  ImagesToScore images{.present = options.prompts.empty()
                                      ? benchmarks::read_captions(folder)
                                      : benchmarks::read_captions_file(options.prompts)};
  images.expected = std::ssize(images.present);
  std::vector<std::string> missing;
  std::erase_if(images.present, [&](const CaptionedImage& image) {
    const bool gone = !fs::exists(folder / image.file);
    if (gone) missing.push_back(image.id);
    return gone;
  });
  if (images.present.empty() || (!missing.empty() && !options.allow_missing))
    throw UserError(fmt::format(
        "{}: {}; {}", options.images, benchmarks::describe_missing(missing, images.expected),
        images.present.empty() ? "nothing is left to score"
                               : "--allow-missing scores the rest and marks the score"));
  return images;
}

/// The cosine of each image with its caption, and the hash of the files.
struct Cosines {
  std::vector<double> values;
  std::string image_hash;
};

Cosines cosines_of(const ClipModel& model, const std::vector<CaptionedImage>& images,
                   const fs::path& folder) {
  Cosines cosines;
  Sha256 hash;
  for (std::size_t begin = 0; begin < images.size(); begin += kAtOnce) {
    const std::span part(images.data() + begin, std::min(kAtOnce, images.size() - begin));
    std::vector<Tensor> pixels;
    std::vector<std::string> captions;
    for (const CaptionedImage& image : part) {
      const std::string bytes = read_file(folder / image.file, kImageFileLimit);
      hash.update(fmt::format("{} {}\n", image.file, sha256_hex(bytes)));
      pixels.push_back(model.preprocess(decode_image(bytes, (folder / image.file).string())));
      captions.push_back(image.caption);
    }
    const Tensor found =
        (model.embed_images(at::stack(pixels)) * model.embed_texts(model.tokenize(captions)))
            .sum(-1)
            .to(at::kCPU, at::kDouble)
            .contiguous();
    cosines.values.insert(cosines.values.end(), found.const_data_ptr<double>(),
                          found.const_data_ptr<double>() + found.numel());
  }
  cosines.image_hash = hex(hash.finish());
  return cosines;
}

double clipscore_of(double cosine) { return kClipScoreWeight * std::max(cosine, 0.0); }

/// Means clustered by caption.
BenchmarkScore score_of(const ImagesToScore& images, const std::vector<double>& cosines) {
  BenchmarkScore score{.expected = images.expected};
  std::map<std::string_view, std::int64_t> captions;
  benchmarks::ClusteredValues cosine, clip;
  for (std::size_t i = 0; i < cosines.size(); ++i) {
    const CaptionedImage& image = images.present[i];
    const std::int64_t prompt = captions.emplace(image.caption, std::ssize(captions)).first->second;
    cosine.add(cosines[i], prompt);
    clip.add(clipscore_of(cosines[i]), prompt);
    score.images.push_back({.prompt = image.id,
                            .category = "",
                            .prompt_number = prompt,
                            .value = cosines[i],
                            .evidence = {{"caption", image.caption}}});
  }
  score.aggregates = {cosine.aggregate("cosine"), clip.aggregate("clipscore")};
  for (benchmarks::Aggregate& aggregate : score.aggregates) aggregate.unit = "";
  return score;
}

/// The numbers of the images, caption by caption and seed by seed.
struct SharedSeeds {
  std::vector<std::size_t> order;
  std::int64_t captions = 0, seeds = 0;
};

/// Nothing where captions do not share their seeds, or an image has none or one that its caption
/// has already.
std::optional<SharedSeeds> shared_seeds(std::span<const CaptionedImage> images) {
  std::map<std::string_view, std::map<std::string_view, std::size_t>> by_caption;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i].seed.empty() || !by_caption[images[i].caption].emplace(images[i].seed, i).second)
      return std::nullopt;
  const auto& first = by_caption.begin()->second;
  SharedSeeds shared{.order = {}, .captions = std::ssize(by_caption), .seeds = std::ssize(first)};
  for (const auto& [caption, places] : by_caption) {
    if (!std::ranges::equal(std::views::keys(places), std::views::keys(first))) return std::nullopt;
    for (const std::size_t place : std::views::values(places)) shared.order.push_back(place);
  }
  return shared.seeds > 1 ? std::optional(std::move(shared)) : std::nullopt;
}

/// As crossed_intervals.h does it for the official layouts.
void cross_with_seeds(const SharedSeeds& shared, const std::vector<double>& cosines,
                      BenchmarkScore& score) {
  const std::vector<std::int64_t> one_category(static_cast<std::size_t>(shared.captions));
  std::vector<double> cosine, clip;
  for (const std::size_t place : shared.order) {
    cosine.push_back(cosines[place]);
    clip.push_back(clipscore_of(cosines[place]));
  }
  score.aggregates[0].crossed = benchmarks::crossed_interval(cosine, one_category, shared.seeds);
  score.aggregates[1].crossed = benchmarks::crossed_interval(clip, one_category, shared.seeds);
  score.notes.emplace_back("seeds: by captions.jsonl, all captions share theirs");
  score.notes.emplace_back(benchmarks::kSharedSeeds);
}

/// What makes two scores comparable: the captions, in their order.
std::vector<benchmarks::ExpectedImage> prompts_of(const std::vector<CaptionedImage>& images) {
  std::vector<benchmarks::ExpectedImage> prompts;
  for (const CaptionedImage& image : images)
    prompts.push_back({.prompt = image.id,
                       .category = "",
                       .text = image.caption,
                       .files = {fmt::format("{}", prompts.size())}});
  return prompts;
}

std::string weights_hash(const ClipFiles& files) {
  Sha256 hash;
  for (const fs::path& path : files.weights) hash.update(hex(sha256_of_file(path)));
  hash.update(hex(sha256_of_file(files.tokenizer)));
  return hex(hash.finish());
}

}  // namespace

int score_clip(const ScoreOptions& options, const CommandContext& context) {
  refuse_unread("clipscore", "--audit", !options.audit.empty());
  refuse_unread("clipscore", "--judge", !options.judges.empty());
  refuse_unread("clipscore", "--legacy", !options.legacy.empty());
  refuse_unread("clipscore", "--category", !options.categories.empty());
  if (options.clip.empty())
    throw UserError("score: say --clip MODEL, a folder with a whole CLIP model or its name");
  const TableFormat format = table_format(options.format);
  const ImagesToScore images = find_images(options);
  const ClipFiles files = find_clip(options.clip, context.home.root);
  const ClipModel model(files, c10::kCPU);
  const Cosines cosines = cosines_of(model, images.present, options.images);
  BenchmarkScore score = score_of(images, cosines.values);
  score.settings = {{"clip", weights_hash(files)}};
  score.notes = {fmt::format("CLIP: {}; clipscore is 2.5 max(cosine, 0)", options.clip)};
  if (const auto shared = shared_seeds(images.present))
    cross_with_seeds(*shared, cosines.values, score);
  Fields about = provenance(c10::kCPU);
  about["images"] = options.images;
  about["clip"] = options.clip;
  const auto prompts = prompts_of(images.present);
  const Record record = benchmarks::score_record(score,
                                                 {.name = system_name(options),
                                                  .scorer = "clipscore-v1",
                                                  .images = prompts,
                                                  .image_hash = cosines.image_hash},
                                                 std::move(about));
  const RecordStore store(context.home.records());
  store.draft(record.fingerprint)->commit(record, benchmarks::rows_of(score), true);
  const std::vector<Record> rows = rows_beside(record, store, context);
  context.out << print(benchmarks::score_table("clipscore-v1", rows, score.notes), format);
  context.talk << "record " << store.place_of(record.fingerprint).filename().string() << std::endl;
  return exit_done;
}

}  // namespace lidit

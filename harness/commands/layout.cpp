#include "harness/commands/layout.h"

#include <fmt/format.h>

#include "harness/exit_code.h"
#include "metrics/alignment/image_plan.h"
#include "metrics/alignment/published_prompts.h"
#include "metrics/prompts/prompt_set.h"
#include "results/files.h"
#include "results/names.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using benchmarks::Benchmark;
using benchmarks::ScoreRequest;

ScoreRequest prompts_of(const LayoutOptions& options, const CommandContext& context) {
  ScoreRequest request{.data = benchmarks::prompt_data(context.home.source),
                       .legacy = options.legacy,
                       .categories = options.categories};
  if (!options.prompts.empty()) request.prompts = options.prompts;
  return request;
}

std::int64_t count_images(const std::vector<benchmarks::ExpectedImage>& images) {
  std::int64_t count = 0;
  for (const benchmarks::ExpectedImage& image : images) count += image.tiles;
  return count;
}

/// Says so where the prompts are not as many as were published.
void say_partial(const Benchmark& benchmark, const std::vector<benchmarks::ExpectedImage>& images,
                 const CommandContext& context) {
  const std::string partial =
      benchmarks::describe_partial(benchmarks::count_prompts(benchmark, images));
  if (!partial.empty()) context.talk << fmt::format("{}: {}\n", benchmark.name, partial);
}

/// Options that only a plan, or only a layout with images, reads.
void refuse_unread_options(const LayoutOptions& options) {
  const auto refuse = [](const char* option, const char* why) {
    throw UserError(fmt::format("layout: {} is for {}", option, why));
  };
  const LayoutOptions usual;
  if (options.images.empty()) {
    constexpr const char* kImages = "the manifest of images; give --images too";
    if (!options.model_hash.empty()) refuse("--model-hash", kImages);
    if (!options.sampler.empty()) refuse("--sampler", kImages);
    if (options.rewritten) refuse("--rewritten", kImages);
  } else {
    constexpr const char* kPlan = "a plan of images to draw; leave it out where --images has them";
    if (options.seed != usual.seed) refuse("--seed", kPlan);
    if (options.seeds != usual.seeds) refuse("--seeds", kPlan);
  }
}

int write_plan(const LayoutOptions& options, const Benchmark& benchmark,
               const ScoreRequest& request, const CommandContext& context) {
  const SeedPolicy policy = seed_policy(options.seeds);
  const fs::path folder = options.out, plan = folder / "plan.jsonl";
  if (fs::exists(plan))
    throw UserError(fmt::format("{} is there already; choose an empty folder", plan.string()));
  const auto images = benchmarks::expected_images(benchmark, request);
  make_folder(folder);
  benchmarks::write_prompt_metadata(benchmark, request, folder);
  write_file(plan,
             benchmarks::image_plan(images, policy, static_cast<std::uint64_t>(options.seed)));
  context.talk << fmt::format("{}: {} images to draw, a line each in {}\n", benchmark.name,
                              count_images(images), plan.string());
  say_partial(benchmark, images, context);
  return exit_done;
}

int write_layout(const LayoutOptions& options, const Benchmark& benchmark,
                 const ScoreRequest& request, const CommandContext& context) {
  benchmarks::ImageFolderWriter writer(benchmark, request, options.out,
                                       {.model_hash = options.model_hash,
                                        .sampler = options.sampler,
                                        .rewritten = options.rewritten});
  const std::int64_t left = benchmarks::fill_layout(writer, options.images);
  context.talk << fmt::format("{}: {} images in {}\n", benchmark.name,
                              count_images(writer.images()), options.out);
  say_partial(benchmark, writer.images(), context);
  if (left > 0) context.talk << fmt::format("{} images are no prompt's or too many\n", left);
  return exit_done;
}

}  // namespace

int execute(const LayoutOptions& options, const CommandContext& context) {
  const Benchmark& benchmark =
      find_named("benchmark", options.benchmark, benchmarks::benchmark_table());
  const ScoreRequest request = prompts_of(options, context);
  refuse_unread_options(options);
  return options.images.empty() ? write_plan(options, benchmark, request, context)
                                : write_layout(options, benchmark, request, context);
}

}  // namespace lidit

#include "metrics/alignment/crossed_intervals.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

/// Scores in the order prompt * seeds + seed, with the category of each prompt.
struct Grid {
  std::vector<double> values;
  std::vector<std::int64_t> categories;
  std::int64_t seeds = 0;
};

bool all_equal(const auto& values) {
  return std::ranges::adjacent_find(values, std::not_equal_to()) == values.end();
}

/// Whether there are two of everything that is drawn.
bool can_be_resampled(std::span<const std::int64_t> categories, std::int64_t seeds) {
  std::map<std::int64_t, std::int64_t> prompts;
  for (const std::int64_t category : categories) ++prompts[category];
  return seeds > 1 && !prompts.empty() &&
         std::ranges::all_of(prompts, [](const auto& entry) { return entry.second > 1; });
}

/// Which images an aggregate is the mean of: those of these categories, each counting alike; none
/// named: of all, pooled.
using Categories = std::vector<std::string>;

std::optional<Categories> categories_of(const Aggregate& aggregate, const BenchmarkScore& score) {
  if (aggregate.name == "overall") return score.parts;
  if (aggregate.name == "correct_images") return Categories();
  const bool is_category = std::ranges::any_of(
      score.images, [&](const ImageScore& image) { return image.category == aggregate.name; });
  return is_category ? std::optional<Categories>({aggregate.name}) : std::nullopt;
}

/// The whole grid, or nothing where an image is missing. Images come in the order of prompts.
std::optional<Grid> grid_of(const BenchmarkScore& score, const Categories& categories) {
  Grid grid;
  std::int64_t last_prompt = -1, next_image = 0;
  for (const ImageScore& image : score.images) {
    const auto category = std::ranges::find(categories, image.category);
    if (!categories.empty() && category == categories.end()) continue;
    if (image.prompt_number != last_prompt) {
      if (last_prompt >= 0 && grid.seeds == 0) grid.seeds = next_image;
      if (next_image != grid.seeds) return std::nullopt;
      grid.categories.push_back(category - categories.begin());
      last_prompt = image.prompt_number;
      next_image = 0;
    }
    if (image.image != next_image++) return std::nullopt;
    grid.values.push_back(image.value);
  }
  return next_image == grid.seeds ? std::optional(std::move(grid)) : std::nullopt;
}

}  // namespace

std::optional<CrossedInterval> crossed_interval(std::span<const double> values,
                                                std::span<const std::int64_t> categories,
                                                std::int64_t seeds) {
  if (!can_be_resampled(categories, seeds) || all_equal(values)) return std::nullopt;
  std::vector<std::int64_t> strata;  // of each score
  for (const std::int64_t category : categories)
    strata.insert(strata.end(), static_cast<std::size_t>(seeds), category);
  const std::vector<double> replicates =
      bootstrap(kResamples, resample_crossed_within(categories, seeds, 0),
                all_equal(strata) ? mean_of(values) : macro_mean_of(values, strata));
  return CrossedInterval{.interval = percentile_interval(replicates).value(),
                         .standard_error = std::sqrt(variance(replicates).value()),
                         .seeds = seeds};
}

void add_crossed_intervals(BenchmarkScore& score) {
  for (Aggregate& aggregate : score.aggregates) {
    const auto categories = categories_of(aggregate, score);
    if (!categories) continue;
    const auto grid = grid_of(score, *categories);
    if (grid) aggregate.crossed = crossed_interval(grid->values, grid->categories, grid->seeds);
  }
}

}  // namespace lidit::benchmarks

#include "metrics/alignment/published_prompts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace lidit::benchmarks {
namespace {

std::int64_t nearest_published(const Benchmark& benchmark, std::int64_t prompts) {
  if (benchmark.published.empty())
    throw std::logic_error(fmt::format("no published number of prompts of {}", benchmark.name));
  const auto enough = std::ranges::lower_bound(benchmark.published, prompts);
  return enough == benchmark.published.end() ? benchmark.published.back() : *enough;
}

/// "color 3 of 300, shape 299 of 300": the categories whose number is another.
std::string list_differences(std::span<const PromptCount> counts) {
  std::vector<std::string> parts;
  for (const PromptCount& count : counts)
    if (count.prompts != count.published)
      parts.push_back(fmt::format("{} {} of {}", count.category, count.prompts, count.published));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::vector<PromptCount> count_prompts(const Benchmark& benchmark,
                                       std::span<const ExpectedImage> images) {
  std::map<std::string_view, std::set<std::string_view>> categories;
  for (const ExpectedImage& image : images)
    categories[benchmark.counted == Counted::whole ? "" : std::string_view(image.category)].insert(
        image.prompt);
  std::vector<PromptCount> counts;
  for (const auto& [category, prompts] : categories) {
    counts.push_back({.category = std::string(category),
                      .prompts = std::ssize(prompts),
                      .published = nearest_published(benchmark, std::ssize(prompts))});
    if (benchmark.counted == Counted::one_category) break;
  }
  return counts;
}

std::string describe_partial(std::span<const PromptCount> counts) {
  if (std::ranges::all_of(
          counts, [](const PromptCount& count) { return count.prompts == count.published; }))
    return "";
  std::int64_t prompts = 0, published = 0;
  for (const PromptCount& count : counts) {
    prompts += count.prompts;
    published += count.published;
  }
  if (prompts == published) return list_differences(counts) + " published prompts";
  return prompts < published
             ? fmt::format("{} of the {} published prompts", prompts, published)
             : fmt::format("{} prompts where {} were published", prompts, published);
}

void mark_partial(BenchmarkScore& score, std::span<const PromptCount> counts) {
  score.partial = describe_partial(counts);
  if (score.partial.empty()) return;
  const std::string categories =
      counts.size() > 1 ? fmt::format(" ({})", list_differences(counts)) : "";
  score.notes.push_back(
      fmt::format("{}{}: no score of the whole benchmark", score.partial, categories));
}

}  // namespace lidit::benchmarks

#include "metrics/alignment/benchmark_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "results/json.h"
#include "results/names.h"
#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

/// One unit of the last decimal with which `number` is written: 0.76 -> 0.01.
double last_decimal(double number) {
  const std::string text = shortest(number);
  if (text.find('e') != text.npos) return std::abs(number) * 1e-6;
  const std::size_t decimals = text.ends_with(".0") ? 0 : text.size() - text.find('.') - 1;
  return std::pow(10.0, -static_cast<double>(decimals));
}

void add_interval(const std::string& name, const Interval& interval, const std::string& unit,
                  std::int64_t n, std::vector<Measurement>& measurements) {
  measurements.push_back({.name = name + ".low", .value = interval.low, .unit = unit, .n = n});
  measurements.push_back({.name = name + ".high", .value = interval.high, .unit = unit, .n = n});
}

void add_crossed(const Aggregate& aggregate, std::vector<Measurement>& measurements) {
  measurements.push_back({.name = aggregate.name + ".crossed_error",
                          .value = aggregate.crossed->standard_error,
                          .unit = aggregate.unit,
                          .n = aggregate.crossed->seeds});
  add_interval(aggregate.name, aggregate.crossed->interval, aggregate.unit, aggregate.prompts,
               measurements);
}

void add_audited(const AuditedScore& audited, std::vector<Measurement>& measurements) {
  const auto& [audit, corrected] = audited;
  const std::int64_t answers = audit.positives + audit.negatives;
  const auto add = [&](const char* name, double value, std::int64_t n) {
    measurements.push_back({.name = name, .value = value, .unit = "fraction", .n = n});
  };
  add("overall.corrected", corrected.rate, answers);
  measurements.back().higher_is_better = true;
  add("overall.corrected.standard_error", corrected.standard_error, answers);
  add_interval("overall.corrected", corrected.interval, "fraction", answers, measurements);
  add("judge.sensitivity", corrected.sensitivity, audit.positives);
  add("judge.specificity", corrected.specificity, audit.negatives);
}

constexpr double kRounding = 1e-9;       // of the sums that a claim went through
constexpr double kMostOfAClaim = 0.005;  // that a claim may be off, whatever its decimals

}  // namespace

const Aggregate* BenchmarkScore::find(std::string_view name) const {
  const auto found = std::ranges::find(aggregates, name, &Aggregate::name);
  return found == aggregates.end() ? nullptr : &*found;
}

void ClusteredValues::add(double value, std::int64_t prompt) {
  values.push_back(value);
  prompts.push_back(prompt);
}

Aggregate ClusteredValues::aggregate(std::string name) const {
  const std::optional<double> average = mean(values);
  if (!average) throw std::logic_error("an aggregate of nothing: " + name);
  return {.name = std::move(name),
          .value = *average,
          .standard_error = clustered_standard_error(values, prompts),
          .prompts = std::ssize(std::set(prompts.begin(), prompts.end())),
          .values = std::ssize(values)};
}

std::vector<Aggregate> aggregate_categories(std::span<const ImageScore> images,
                                            std::span<const std::string> categories) {
  std::vector<Aggregate> aggregates;
  for (const std::string& category : categories) {
    ClusteredValues values;
    for (const ImageScore& image : images)
      if (image.category == category) values.add(image.value, image.prompt_number);
    if (!values.values.empty()) aggregates.push_back(values.aggregate(category));
  }
  return aggregates;
}

Aggregate aggregate_images(std::string name, std::span<const ImageScore> images) {
  ClusteredValues values;
  for (const ImageScore& image : images) values.add(image.value, image.prompt_number);
  return values.aggregate(std::move(name));
}

Aggregate macro_mean(std::string name, std::span<const Aggregate> parts) {
  Aggregate macro{.name = std::move(name)};
  std::vector<MeanWithError> tasks;
  bool all_errors = true;
  for (const Aggregate& part : parts) {
    tasks.push_back({part.value, part.standard_error.value_or(0)});
    macro.prompts += part.prompts;
    macro.values += part.values;
    all_errors = all_errors && part.standard_error;
  }
  const std::optional<MeanWithError> average = lidit::macro_mean(tasks);
  if (!average) throw std::logic_error("a macro mean of nothing: " + macro.name);
  macro.value = average->mean;
  if (all_errors)
    macro.standard_error = average->standard_error;
  else
    macro.reason = "needs two prompts in each of its parts";
  return macro;
}

bool agrees_with(double claimed, double value, double scale) {
  const double tolerance = std::min(last_decimal(claimed), kMostOfAClaim * scale);
  return std::abs(value - claimed) <= tolerance + kRounding;
}

void check_claims(const Claims& claims, const BenchmarkScore& score, double per_fraction,
                  std::string_view where) {
  std::vector<std::string> names;
  for (const Aggregate& aggregate : score.aggregates) names.push_back(aggregate.name);
  for (const auto& [name, claimed] : claims) {
    const Aggregate* aggregate = score.find(name);
    if (!aggregate)
      throw FileError(fmt::format("{}: {}", where, unknown_name("claim", name, names)));
    const double scale = aggregate->unit == "fraction" ? per_fraction : 1;
    const double value = aggregate->value * scale;
    if (!agrees_with(claimed, value, scale))
      throw FileError(fmt::format("{}: claims {} for '{}', but its own judgements give {:.6f}",
                                  where, claimed, name, value));
  }
}

std::string image_id(std::string_view prompt, std::int64_t image) {
  return fmt::format("{} #{}", prompt, image);
}

std::vector<Measurement> measurements_of(const BenchmarkScore& score) {
  std::vector<Measurement> measurements;
  for (const Aggregate& aggregate : score.aggregates) {
    measurements.push_back({.name = aggregate.name,
                            .value = aggregate.value,
                            .unit = aggregate.unit,
                            .n = aggregate.values,
                            .higher_is_better = aggregate.higher_is_better});
    measurements.push_back({.name = aggregate.name + ".standard_error",
                            .value = aggregate.standard_error,
                            .reason = aggregate.standard_error ? "" : aggregate.reason,
                            .unit = aggregate.unit,
                            .n = aggregate.prompts});
    if (aggregate.crossed) add_crossed(aggregate, measurements);
    if (score.audited && aggregate.name == "overall") add_audited(*score.audited, measurements);
  }
  measurements.push_back({.name = "images.scored",
                          .value = static_cast<double>(score.images.size()),
                          .unit = "count",
                          .n = score.expected});
  return measurements;
}

std::vector<Fields> rows_of(const BenchmarkScore& score) {
  std::vector<Fields> rows;
  for (const ImageScore& image : score.images) {
    Fields row = image.evidence;
    row["id"] = image_id(image.prompt, image.image);
    row["prompt"] = image.prompt;
    row["category"] = image.category;
    row["image"] = image.image;
    row["value"] = image.value;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace lidit::benchmarks

#include "harness/report/clustered_scores.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/statistics/bootstrap.h"

namespace lidit {

std::string score_of_prompts(std::string_view measurement) {
  constexpr std::string_view kByPosition = "binding.position.";
  if (measurement == "binding" || measurement.starts_with("metrics."))
    return std::string(measurement);
  if (measurement.starts_with(kByPosition))
    return fmt::format("claim.{}.binding", measurement.substr(kByPosition.size()));
  return {};
}

double things_scored(const Fields& row, std::string_view score) {
  if (score != "binding") return 1;
  const auto objects = std::ranges::count_if(row, [](const auto& field) {
    return field.first.starts_with("claim.") && field.first.ends_with(".binding");
  });
  return static_cast<double>(std::max<std::ptrdiff_t>(1, objects));
}

void ClusteredScores::add(double mean, double things, const std::string& structure) {
  means_.push_back(mean);
  things_.push_back(things);
  const auto next = static_cast<std::int64_t>(structures_.size());
  clusters_.push_back(structures_.try_emplace(structure, next).first->second);
}

std::optional<Interval> ClusteredScores::interval() const {
  return weighted_bootstrap_interval(means_, things_, clusters_, 0);
}

}  // namespace lidit

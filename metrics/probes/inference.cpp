#include "metrics/probes/inference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "results/statistics.h"

namespace lidit::probes {
namespace {

bool is_tested(const ProbeLabel& probe, const std::string& measure, std::int64_t slots) {
  return std::ranges::any_of(probe.columns(slots), [&](const ProbeColumn& column) {
    return column.is_tested && column.measure == measure;
  });
}

/// p of "it is 0", where what fp32 may round is 0: after displaced prompts the last bits differ.
std::optional<double> test_of_zero(std::vector<double> by_set, std::uint64_t seed) {
  constexpr double kRounding = 1e-6;
  for (double& value : by_set)
    if (std::abs(value) < kRounding) value = 0;
  return sign_flip_test(by_set, seed);
}

void adjust(std::vector<Estimate>& estimates) {
  std::vector<double> family;
  for (const Estimate& estimate : estimates)
    if (estimate.p) family.push_back(*estimate.p);
  const std::vector<double> adjusted = holm(family);
  auto next = adjusted.begin();
  for (Estimate& estimate : estimates)
    if (estimate.p) estimate.adjusted_p = *next++;
}

}  // namespace

std::vector<Estimate> infer(std::span<const ProbeMeasures> probes, std::int64_t slots,
                            std::uint64_t seed) {
  std::vector<Estimate> estimates;
  for (const auto& [probe, measures] : probes)
    for (const Measure& measure : measures) {
      Estimate& estimate = estimates.emplace_back();
      estimate.probe = probe.title;
      estimate.measure = measure.name;
      estimate.by_set = measure.by_set;
      estimate.value = mean(measure.by_set);
      estimate.interval = bootstrap_interval(measure.by_set, {}, seed);
      if (is_tested(probe, measure.name, slots)) estimate.p = test_of_zero(measure.by_set, seed);
    }
  adjust(estimates);
  return estimates;
}

const Estimate& find_estimate(std::span<const Estimate> estimates, std::string_view probe,
                              std::string_view measure) {
  const auto found = std::ranges::find_if(estimates, [&](const Estimate& estimate) {
    return estimate.probe == probe && estimate.measure == measure;
  });
  if (found == estimates.end())
    throw std::logic_error(fmt::format("no measure {}.{}", probe, measure));
  return *found;
}

}  // namespace lidit::probes

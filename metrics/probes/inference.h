// From a measure of every set to what may be said of it.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/probes/sets/measure.h"
#include "results/statistics/interval.h"

namespace lidit::probes {

/// A measure as it is reported: the mean over sets, a bootstrap interval over sets (95 %), and the
/// p of "it is 0" by flipping the signs of sets, Holm-adjusted over all probes of the encoder.
struct Estimate {
  std::string probe, measure;               // "future-influence", "fir"
  std::optional<double> value{};            // nothing where no set has it
  std::optional<Interval> interval{};       // needs two sets
  std::optional<double> p{}, adjusted_p{};  // of tested measures alone
  std::vector<double> by_set{};

  std::string name() const { return probe + "." + measure; }
};

struct ProbeMeasures {
  ProbeLabel probe;
  std::vector<Measure> measures;
};

/// Every measure of the probes, in order. `slots` as the probes' columns want it.
std::vector<Estimate> infer(std::span<const ProbeMeasures> probes, std::int64_t slots,
                            std::uint64_t seed);

/// The estimate called so; std::logic_error where there is none.
const Estimate& find_estimate(std::span<const Estimate> estimates, std::string_view probe,
                              std::string_view measure);

}  // namespace lidit::probes

#include "metrics/throughput/bench_record.h"

#include <fmt/format.h>

namespace lidit::throughput {
namespace {

Measurement found(std::string name, double value, std::string unit,
                  std::optional<bool> higher_is_better = {}) {
  return {.name = std::move(name),
          .value = value,
          .unit = std::move(unit),
          .higher_is_better = higher_is_better};
}

Measurement unknown(std::string name, std::string reason, std::string unit) {
  return {.name = std::move(name), .reason = std::move(reason), .unit = std::move(unit)};
}

void append_timing(std::vector<Measurement>& all, const Timing& timing) {
  const Interval spread = timing.interval.value_or(timing.range);
  all.push_back(found("pass.seconds", timing.seconds, "s", false));
  all.back().n = timing.repeats;
  all.push_back(found("pass.seconds.low", spread.low, "s"));
  all.push_back(found("pass.seconds.high", spread.high, "s"));
  if (const auto noise = timing.noise())
    all.push_back(found("pass.noise", *noise, "fraction"));
  else
    all.push_back(unknown(
        "pass.noise", "too few repeats for an interval: low and high are the range", "fraction"));
  all.push_back(found("pass.target_reached", timing.reached ? 1 : 0, ""));
}

}  // namespace

bool is_bench(const Record& record) {
  return get_or<std::string>(record.asked, key::measure, "") == kBench;
}

std::vector<Measurement> measurements_of(const Finding& finding) {
  const auto& [timing, cost, units, roofs, memory, no_memory] = finding;
  std::vector<Measurement> all;
  append_timing(all, timing);
  all.push_back(found("units_per_second", units / timing.seconds, "1/s", true));
  all.back().n = timing.repeats;
  all.push_back(found("flops", cost.flops(), "FLOP"));
  for (const CostTerm& term : cost.terms)
    all.push_back(found("flops." + term.name, term.flops, "FLOP"));
  all.push_back(found("bytes", cost.bytes(), "B"));
  const double rate = cost.flops() / timing.seconds;
  all.push_back(found("flops_per_second", rate, "FLOP/s", true));
  if (roofs) {
    all.push_back(found("roof.own_shapes", roofs->own_shapes, "FLOP/s"));
    all.push_back(found("roof.large_product", roofs->large_product, "FLOP/s"));
    all.push_back(found("roof.copy", roofs->copy, "B/s"));
    all.push_back(found("share_of_peak", rate / roofs->own_shapes, "fraction", true));
  }
  if (memory)
    all.push_back(found("memory", *memory, "B", false));
  else
    all.push_back(unknown("memory", no_memory, "B"));
  return all;
}

std::string extrapolation_of(const Record& record) {
  const auto measured = get_or<std::vector<std::int64_t>>(record.context, how::measured_blocks, {});
  if (measured.size() != 2) return "";
  return fmt::format("{} and {} of {} blocks", measured[0], measured[1],
                     get<std::int64_t>(record.asked, key::blocks));
}

}  // namespace lidit::throughput

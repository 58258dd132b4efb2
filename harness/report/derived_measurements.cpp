#include "harness/report/derived_measurements.h"

#include <fmt/format.h>

#include <optional>
#include <set>

namespace lidit {
namespace {

void add(Record& record, Measurement measurement) {
  if (record.find(measurement.name) == nullptr)
    record.measurements.push_back(std::move(measurement));
}

/// The splits position-* that have a binding.
std::set<std::string> position_splits(const Record& record) {
  constexpr std::string_view kEnd = ".binding";
  std::set<std::string> splits;
  for (const Measurement& m : record.measurements)
    if (m.name.starts_with("position-") && m.name.ends_with(kEnd))
      splits.insert(m.name.substr(0, m.name.size() - kEnd.size()));
  return splits;
}

/// Binding by position, as far as the record has values.
std::vector<double> by_position(const Record& record, const std::string& split) {
  std::vector<double> values;
  while (true) {
    const Measurement* m =
        record.find(fmt::format("{}.binding.position.{}", split, values.size() + 1));
    if (m == nullptr || !m->value) return values;
    values.push_back(*m->value);
  }
}

/// Of y on (k - 1/2) / n for k = 1..n, n > 1.
double slope(const std::vector<double>& y) {
  const auto n = static_cast<double>(y.size());
  double products = 0, squares = 0;
  for (std::size_t k = 0; k < y.size(); ++k) {
    const double x = (static_cast<double>(k) + 0.5) / n - 0.5;  // about its mean
    products += x * y[k];
    squares += x * x;
  }
  return products / squares;
}

void add_position_effects(Record& record) {
  for (const std::string& split : position_splits(record)) {
    const std::vector<double> values = by_position(record, split);
    if (values.size() < 2) continue;
    const std::int64_t n = record.find(split + ".binding")->n;
    add(record, {.name = split + ".slope", .value = slope(values), .unit = "fraction", .n = n});
    add(record, {.name = split + ".gap",
                 .value = values.front() - values.back(),
                 .unit = "fraction",
                 .n = n});
  }
}

/// The mean height of the curve from (0, 0) to its last point.
double mean_height(const Series& curve) {
  double area = 0, x = 0, y = 0;
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    area += (curve.x[i] - x) * (curve.y[i] + y) / 2;
    x = curve.x[i], y = curve.y[i];
  }
  return area / x;
}

/// Where the curve from (0, 0) first reaches `height`.
std::optional<double> first_at(const Series& curve, double height) {
  double x = 0, y = 0;
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (curve.y[i] >= height) return x + (curve.x[i] - x) * (height - y) / (curve.y[i] - y);
    x = curve.x[i], y = curve.y[i];
  }
  return std::nullopt;
}

void add_steps_to(Record& record, const std::string& split, const Series& curve, int percent) {
  Measurement steps{.name = fmt::format("{}.learning.steps_to_{}", split, percent),
                    .value = first_at(curve, percent / 100.0),
                    .unit = "",
                    .higher_is_better = false};
  if (!steps.value) steps.reason = fmt::format("not reached in {} steps", curve.x.back());
  add(record, std::move(steps));
}

void add_sample_efficiency(Record& record) {
  constexpr std::string_view kEnd = ".binding";
  for (const Series& curve : record.series) {
    if (!curve.name.ends_with(kEnd) || curve.x.empty() || !(curve.x.front() > 0)) continue;
    const std::string split = curve.name.substr(0, curve.name.size() - kEnd.size());
    add(record, {.name = split + ".learning.area",
                 .value = mean_height(curve),
                 .unit = "fraction",
                 .n = static_cast<std::int64_t>(curve.x.size()),
                 .higher_is_better = true});
    for (const int percent : {50, 90}) add_steps_to(record, split, curve, percent);
  }
}

}  // namespace

void add_derived_measurements(Record& record) {
  add_position_effects(record);
  add_sample_efficiency(record);
}

}  // namespace lidit

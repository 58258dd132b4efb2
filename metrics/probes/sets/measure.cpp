#include "metrics/probes/sets/measure.h"

#include <fmt/format.h>

namespace lidit::probes {

std::vector<Measure> slot_measures(const std::string& prefix, std::int64_t slots) {
  std::vector<Measure> measures;
  for (std::int64_t slot = 1; slot <= slots; ++slot)
    measures.push_back({fmt::format("{}{}", prefix, slot), {}});
  return measures;
}

std::vector<ProbeColumn> slot_columns(const std::string& prefix, std::int64_t slots) {
  std::vector<ProbeColumn> columns;
  for (std::int64_t slot = 1; slot <= slots; ++slot)
    columns.push_back({.measure = fmt::format("{}{}", prefix, slot),
                       .title = fmt::format("slot {}", slot),
                       .has_interval = false});
  return columns;
}

}  // namespace lidit::probes

// What probes find, whether in states or in images, and how their tables show it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lidit::probes {

/// One number of a probe for every set that has it: the set is the unit of inference.
struct Measure {
  std::string name;            // "fir", "slot.1"
  std::vector<double> by_set;  // finite
};

/// One column of a probe's table.
struct ProbeColumn {
  std::string measure, title;
  bool is_tested = false;    // "it is 0" is tested, in one family with the other probes' tests
  bool has_interval = true;  // shown; slot by slot it would drown the table, figures have it
};

/// What the table of a probe is called, asks and shows.
struct ProbeLabel {
  std::string_view name;      // "P1"
  std::string_view title;     // "future-influence"
  std::string_view question;  // what its table answers
  std::vector<ProbeColumn> (*columns)(std::int64_t slots);
  std::string_view note{};  // what its table says below
};

/// A measure for each slot, "PREFIX1" to "PREFIXM", without values.
std::vector<Measure> slot_measures(const std::string& prefix, std::int64_t slots);
/// A column for each of them.
std::vector<ProbeColumn> slot_columns(const std::string& prefix, std::int64_t slots);

}  // namespace lidit::probes

// A probe of positional bias: a plan (prompts and the states wanted of them) and a score of what
// an encoder makes of it. It never sees the encoder.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/probes/sets/latin_square.h"
#include "metrics/probes/sets/plan.h"
#include "metrics/probes/token_states.h"

namespace lidit::probes {

/// The material of all probes: the same for every encoder, so that encoders can be compared.
struct Material {
  std::vector<PairCategory> categories;
  SetOptions options;
  std::vector<PairSet> sets;

  const PairCategory& category_of(const PairSet& set) const {
    return categories[static_cast<std::size_t>(set.category)];
  }
};
/// Throws as draw_sets does.
Material make_material(std::vector<PairCategory> categories, const SetOptions& options);

/// One number of a probe for every set that has it: the set is the unit of inference.
struct Measure {
  std::string name;            // "fir", "slot.1"
  std::vector<double> by_set;  // finite
};

class Probe {
 public:
  virtual ~Probe() = default;
  const Plan& plan() const { return plan_; }
  /// Of the states that the plan asked for: a function of them alone. Always the same names.
  virtual std::vector<Measure> score(const MeanStates& states) const = 0;

 protected:
  Plan plan_;
};

/// One column of a probe's table.
struct ProbeColumn {
  std::string measure, title;
  bool is_tested = false;    // "it is 0" is tested, in one family with the other probes' tests
  bool has_interval = true;  // shown; slot by slot it would drown the table, figures have it
};

struct ProbeEntry {
  std::string_view name;      // "P1"
  std::string_view title;     // "future-influence"
  std::string_view question;  // what its table answers
  std::unique_ptr<Probe> (*make)(const Material& material);
  std::vector<ProbeColumn> (*columns)(std::int64_t pairs);
};

/// Written by hand: one line a probe.
std::span<const ProbeEntry> probe_table();
/// The probes of a list "P1,P3", in the order of the table; all of them where it is empty.
/// SpecError with the choices for an unknown name.
std::vector<ProbeEntry> find_probes(std::string_view names);

}  // namespace lidit::probes

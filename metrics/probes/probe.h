// A probe of positional bias: a plan (prompts and the states wanted of them) and a score of what
// an encoder makes of it. It never sees the encoder.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/probes/drawn/drawn_probes.h"
#include "metrics/probes/sets/latin_square.h"
#include "metrics/probes/sets/measure.h"
#include "metrics/probes/sets/plan.h"
#include "metrics/probes/token_states.h"
#include "metrics/prompts/sugar_crepe.h"

namespace lidit::probes {

/// The material of all probes: the same for every encoder, so that encoders can be compared.
struct Material {
  std::vector<PairCategory> categories;
  SetOptions options;
  std::vector<PairSet> sets;
  std::vector<benchmarks::SwappedCaption> swapped_captions;

  const PairCategory& category_of(const PairSet& set) const {
    return categories[static_cast<std::size_t>(set.category)];
  }
};
/// From the prompt sets of T2I-CompBench and SugarCrepe in the folder benchmarks::prompt_data.
/// FileError when a file is absent or broken; throws as draw_sets does.
Material load_material(const std::filesystem::path& prompts, const SetOptions& options);

class Probe {
 public:
  virtual ~Probe() = default;
  const Plan& plan() const { return plan_; }
  /// What it asks of the encoder's instruction twin (Subject::twin); most probes: nothing.
  const Plan& twin_plan() const { return twin_plan_; }
  /// Of the states that the plan asked for: a function of them alone. Always the same names.
  virtual std::vector<Measure> score(const MeanStates& states) const = 0;
  /// Of these and of those that the twin plan asked for, null where the encoder has no twin: then
  /// no set has a value. Always the same names.
  virtual std::vector<Measure> score_twin(const MeanStates& states, const MeanStates* twin) const {
    static_cast<void>(states), static_cast<void>(twin);
    return {};
  }

 protected:
  Plan plan_, twin_plan_;
};

/// All that a probe says of an encoder with these states; its twin is asked here.
std::vector<Measure> measures_of(const Probe& probe, const MeanStates& states,
                                 const Subject& subject);

struct ProbeEntry : ProbeLabel {
  std::unique_ptr<Probe> (*make)(const Material& material);
};

/// Written by hand: one line a probe.
std::span<const ProbeEntry> probe_table();
/// The probes of a list "P1,P3-images" that ask for states, in the order of the table; all of them
/// where it is empty. SpecError with the choices, those of drawn_probe_table() too, for an unknown
/// name.
std::vector<ProbeEntry> find_probes(std::string_view names);
/// Those of the list that ask for images. With `twins` also those whose twin on states is in the
/// list, and all of them where it is empty.
std::vector<DrawnProbe> find_drawn_probes(std::string_view names, bool twins);

}  // namespace lidit::probes

// A cell of a spec with everything that names it.
#pragma once
#include <string>

#include "ablations/ablation_spec.h"
#include "harness/home.h"
#include "results/fields.h"

namespace lidit {

struct PlannedCell {
  std::string name;         // "raw-llm, seed 3"
  Fields resolved;          // every setting, the seed too
  std::string fingerprint;  // of the record that it gives
};

/// For --dry-run: `spec` with every setting that its run would have, besides the seed, which is
/// named beside them; a skipped cell keeps what it has. Throws as plan_cell does.
ExperimentSpec complete(ExperimentSpec spec, const Home& home);

/// Throws as resolve and parse_settings do: a bad value, a contradiction, a model that is not here.
PlannedCell plan_cell(const ExperimentSpec& spec, const Home& home);

}  // namespace lidit

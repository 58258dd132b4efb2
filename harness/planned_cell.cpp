#include "harness/planned_cell.h"

#include <fmt/format.h>

#include "harness/settings.h"
#include "results/fingerprint.h"

namespace lidit {

PlannedCell plan_cell(const ExperimentSpec& spec, const Home& home) {
  Fields asked = spec.settings;
  asked.insert_or_assign("seed", spec.seed);
  Fields resolved = resolve(asked, home.root);
  parse_settings(resolved);  // settings that contradict each other are refused now, not by workers
  std::string name = fingerprint(identify(resolved, home.root));
  return {.name = fmt::format("{}, seed {}", spec.row, spec.seed),
          .resolved = std::move(resolved),
          .fingerprint = std::move(name)};
}

}  // namespace lidit

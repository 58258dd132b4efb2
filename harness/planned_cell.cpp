#include "harness/planned_cell.h"

#include <fmt/format.h>

#include "harness/settings.h"
#include "results/fingerprint.h"

namespace lidit {

namespace {

Fields resolve_cell(const ExperimentSpec& spec, const Home& home) {
  Fields asked = spec.settings;
  asked.insert_or_assign("seed", spec.seed);
  Fields resolved = resolve(asked, home.root);
  parse_settings(resolved);  // settings that contradict each other are refused now, not by workers
  return resolved;
}

}  // namespace

ExperimentSpec complete(ExperimentSpec spec, const Home& home) {
  if (spec.skip_reason.empty()) spec.settings = resolve_cell(spec, home);
  spec.settings.erase("seed");
  return spec;
}

PlannedCell plan_cell(const ExperimentSpec& spec, const Home& home) {
  Fields resolved = resolve_cell(spec, home);
  std::string name = fingerprint(identify(resolved, home.root));
  return {.name = fmt::format("{}, seed {}", spec.row, spec.seed),
          .resolved = std::move(resolved),
          .fingerprint = std::move(name)};
}

}  // namespace lidit

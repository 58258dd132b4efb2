// The figures that a spec asks for, from the records that are there.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ablations/ablation_spec.h"
#include "harness/report/spec_results.h"
#include "results/figures.h"

namespace lidit {

struct SpecFigure {
  std::string name;     // of its file, without ".svg"
  std::string svg;      // a complete <svg> element; the same records give the same bytes
  std::string caption;  // what is drawn, and from which world, models and seeds
};

/// One for each [[figure]] of the spec, in its order. Trained rows are curves, in the order of the
/// spec; rows without training (the bag oracle) and exact tokens are dashed lines.
std::vector<SpecFigure> draw_figures(const AblationSpec& spec, const SpecResults& results);

/// A row's learning curve of that name: mean over seeds with their range; nothing without records.
std::optional<Curve> learning_curve(const RowResults& row, const std::string& name);

}  // namespace lidit

// What the probes of images found of trained cells: tables and figures.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "metrics/probes/drawn/drawn_probes.h"
#include "metrics/probes/inference.h"
#include "results/table.h"

namespace lidit::probes {

struct ProbeFigure {
  std::string name, svg, caption;  // NAME.svg
};

/// One trained cell.
struct DrawnCell {
  std::string label;
  std::vector<Estimate> estimates;
  std::optional<double> mcnemar_p;  // of the order, see mcnemar_of_order
};

/// All cells drew the same captions of the same world from the same noise.
struct DrawnReport {
  std::string world;  // its description
  std::int64_t sets, slots, images;
  std::uint64_t seed;  // of the noise
  double floor;        // of a bag of words
  std::vector<DrawnProbe> probes;
  std::vector<DrawnCell> cells;

  /// What was drawn of what, and how it was judged.
  std::string summary() const;
  /// One per probe, a row per cell.
  std::vector<Table> tables() const;
  /// Of the probes that ran.
  std::vector<ProbeFigure> figures() const;
};

}  // namespace lidit::probes

// What probes found, side by side for several encoders: tables, figures, one page, plain numbers.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/probes/drawn_report.h"
#include "metrics/probes/inference.h"
#include "metrics/probes/probe.h"
#include "results/table.h"

namespace lidit::probes {

/// One encoder with everything that its states depend on, in words.
struct ProbedEncoder {
  std::string label;        // the row
  std::string model;        // "smollm2-135m-instruct"; of several, joined by " + "
  std::string layer;        // "-3", "mean of 30"
  std::string dtype;        // of the language model's computation
  std::string instruction;  // before the caption: "none", "li-dit"; of several, joined by ", "
  std::string states;  // which states were probed: "language model", "refiner, untrained, t = 0"
  std::int64_t width;
  std::vector<Estimate> estimates;
};

struct ProbeReport {
  SetOptions options;
  std::vector<ProbeEntry> probes;
  std::vector<ProbedEncoder> encoders;

  /// How many sets, of what, with which seed: one sentence.
  std::string summary() const;
  /// Which states were probed; then one per probe, a row per encoder.
  std::vector<Table> tables() const;
  /// Of the probes that ran.
  std::vector<ProbeFigure> figures() const;
};

/// Writes index.html, NAME.svg of each figure, estimates.csv, and sets.jsonl with the values of
/// every set, into a folder that is there. Either report may be absent (null).
void write_report(const ProbeReport* states, const DrawnReport* images,
                  const std::filesystem::path& folder);

}  // namespace lidit::probes

// The user's own metrics over the images of a cell.
#pragma once
#include <span>
#include <stdexcept>

#include "harness/evaluation.h"
#include "harness/experiment.h"
#include "harness/settings.h"

namespace lidit {

/// A metric's command failed before anything was trained: the cell is a row with this reason.
class MetricFailed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A split with its images.
struct SplitImages {
  const EvaluationSplit* split;
  Tensor images;  // (N,3,H,W), of the first N examples
};

/// Runs every command of the settings once, over all images. Adds "SPLIT.metrics.NAME", a mean, to
/// the measurements and "metrics.NAME" to each raw row; METRIC.stderr.txt in the record's folder
/// keeps what the command says. A command that fails leaves a mean without a value, and the reason:
/// what was trained is worth keeping.
void append_external_scores(const ExperimentSettings& settings, std::span<const SplitImages> splits,
                            const ExperimentContext& context, ExperimentResult& result);

/// Of a row that has no images: its measurements say so.
void append_no_images(const ExperimentSettings& settings, const WorldData& data,
                      ExperimentResult& result);

/// The same over the first true pictures of a split, and nothing is kept: a command that fails is
/// known before anything is trained. Throws MetricFailed.
void rehearse_external_metrics(const ExperimentSettings& settings, const WorldData& data,
                               const ExperimentContext& context);

/// The pictures that the examples ask for, (N,3,H,W).
Tensor true_images(const WorldData& data, std::span<const scenes::Example> examples);

}  // namespace lidit

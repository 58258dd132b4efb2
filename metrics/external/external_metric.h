// A metric of the user's own: a command that is given a folder of images and prints their scores.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/fields.h"
#include "results/png.h"

namespace lidit {

struct ExternalMetric {
  std::string name;
  std::vector<std::string> command;  // its words; {folder} stands for the folder, in any of them
  double seconds = 0;                // before it is stopped
  std::optional<bool> higher_is_better{};
};

/// An image to be judged.
struct MetricImage {
  std::string id, split, caption;
  Image image;
};

/// SpecError for a command without words, for one that nowhere says {folder}, and for a program
/// that is not there.
void check(const ExternalMetric& metric);

/// SHA-256 of every word of the command that is a file: a script that changes is another metric.
/// Keys: "metrics.NAME.WORD".
Fields command_hashes(const ExternalMetric& metric);

/// Writes images/NNNNNN.png and captions.jsonl: a line {"id", "image", "caption", "split"} each.
void write_metric_folder(std::span<const MetricImage> images, const std::filesystem::path& folder);

/// Where a command runs.
struct MetricPlace {
  std::filesystem::path images;  // as write_metric_folder makes it
  std::filesystem::path errors;  // this file gets what the command says on standard error
  std::function<void()> while_waiting;
};

/// Runs the command and reads what it prints: a line {"id": ..., "score": number} for each image,
/// in any order. The scores in the order of `images`. UserError in one sentence for a command that
/// fails, takes too long or prints too much, and for scores that are missing, doubled, unknown or
/// no finite numbers.
std::vector<double> external_scores(const ExternalMetric& metric,
                                    std::span<const MetricImage> images, const MetricPlace& place);

}  // namespace lidit

#include "harness/external_metrics.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "metrics/scenes/rgb.h"
#include "results/statistics.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRehearsed = 2;  // images

std::vector<MetricImage> images_of(std::span<const SplitImages> splits) {
  std::vector<MetricImage> images;
  for (const SplitImages& part : splits)
    for (std::int64_t i = 0; i < part.images.size(0); ++i) {
      const scenes::Example& example = part.split->examples[static_cast<std::size_t>(i)];
      images.push_back({.id = fmt::format("{}/{}", part.split->name, example.index),
                        .split = part.split->name,
                        .caption = example.caption.text,
                        .image = scenes::to_rgb(to_image(part.images[i]))});
    }
  return images;
}

/// A folder that is gone at the end.
class Scratch {
 public:
  explicit Scratch(fs::path folder) : folder_(std::move(folder)) {}
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

/// What became of one metric: a score for each image, or why there is none.
struct MetricEnd {
  std::vector<double> scores{};
  std::string failure{};
};

std::vector<MetricEnd> run_all(const ExperimentSettings& settings,
                               std::span<const MetricImage> images,
                               const ExperimentContext& context) {
  const Scratch scratch(fs::absolute(context.folder) / "metric-images");
  write_metric_folder(images, scratch.folder());
  std::vector<MetricEnd> ends;
  const auto count = static_cast<std::int64_t>(settings.metrics.size());
  for (const ExternalMetric& metric : settings.metrics) {
    const auto done = static_cast<std::int64_t>(ends.size());
    const MetricPlace place{
        .images = scratch.folder(),
        .errors = context.folder / fmt::format("{}.stderr.txt", metric.name),
        .while_waiting = [&] { context.tell("metric " + metric.name, done, count); }};
    try {
      ends.push_back({.scores = external_scores(metric, images, place)});
    } catch (const UserError& failure) {
      ends.push_back({.failure = failure.what()});
    }
  }
  return ends;
}

void append_means(const ExternalMetric& metric, std::span<const MetricImage> images,
                  const std::vector<double>& scores, std::vector<Measurement>& measurements) {
  std::map<std::string, std::vector<double>> by_split;
  for (std::size_t i = 0; i < images.size(); ++i) by_split[images[i].split].push_back(scores[i]);
  for (const auto& [split, values] : by_split)
    measurements.push_back({.name = fmt::format("{}.metrics.{}", split, metric.name),
                            .value = mean(values),
                            .unit = "",
                            .n = std::ssize(values),
                            .higher_is_better = metric.higher_is_better});
}

void append_to_rows(const ExternalMetric& metric, std::span<const MetricImage> images,
                    const std::vector<double>& scores, std::vector<Fields>& rows) {
  std::map<std::string_view, double> by_id;
  for (std::size_t i = 0; i < images.size(); ++i) by_id.emplace(images[i].id, scores[i]);
  for (Fields& row : rows)
    if (const auto score = by_id.find(get<std::string>(row, "id")); score != by_id.end())
      row["metrics." + metric.name] = score->second;
}

}  // namespace

void append_external_scores(const ExperimentSettings& settings, std::span<const SplitImages> splits,
                            const ExperimentContext& context, ExperimentResult& result) {
  if (settings.metrics.empty()) return;
  const std::vector<MetricImage> images = images_of(splits);
  const std::vector<MetricEnd> ends = run_all(settings, images, context);
  for (std::size_t i = 0; i < settings.metrics.size(); ++i) {
    const ExternalMetric& metric = settings.metrics[i];
    if (!ends[i].failure.empty()) {
      for (const SplitImages& part : splits)
        result.record.measurements.push_back(
            {.name = fmt::format("{}.metrics.{}", part.split->name, metric.name),
             .reason = ends[i].failure});
      continue;
    }
    append_means(metric, images, ends[i].scores, result.record.measurements);
    append_to_rows(metric, images, ends[i].scores, result.prompts);
  }
}

void append_no_images(const ExperimentSettings& settings, const WorldData& data,
                      ExperimentResult& result) {
  for (const EvaluationSplit& split : data.splits)
    for (const ExternalMetric& metric : settings.metrics)
      result.record.measurements.push_back(
          {.name = fmt::format("{}.metrics.{}", split.name, metric.name),
           .reason = "this row has no images"});
}

void rehearse_external_metrics(const ExperimentSettings& settings, const WorldData& data,
                               const ExperimentContext& context) {
  if (settings.metrics.empty()) return;
  const EvaluationSplit& split = data.splits.front();
  const std::span first(split.examples.data(), std::min(kRehearsed, split.examples.size()));
  const SplitImages images{&split, true_images(data, first)};
  for (const MetricEnd& end : run_all(settings, images_of({&images, 1}), context))
    if (!end.failure.empty()) throw MetricFailed(end.failure);
}

Tensor true_images(const WorldData& data, std::span<const scenes::Example> examples) {
  std::vector<Tensor> images;
  for (const scenes::Example& example : examples)
    images.push_back(to_tensor(data.world.draw(example.scene)));
  return at::stack(images);
}

}  // namespace lidit

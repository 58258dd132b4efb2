#include "metrics/throughput/bench_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "metrics/throughput/bench_record.h"
#include "results/figures.h"
#include "results/scatter_chart.h"

namespace lidit::throughput {
namespace {

const std::string kRingNote = "Rings: extrapolated from a few blocks.";

std::string asked_text(const Record& record, const char* key) {
  return get_or<std::string>(record.asked, key, "");
}

/// The value of a measured record, or nothing.
std::optional<double> done_value(const Record& record, std::string_view name) {
  const Measurement* found = record.find(name);
  return record.status == Status::done && found ? found->value : std::nullopt;
}

std::string load_of(const Record& record) {
  return fmt::format("{}, batch {}, {} tokens", asked_text(record, key::type),
                     get<std::int64_t>(record.asked, key::batch),
                     get<std::int64_t>(record.asked, key::length));
}

bool is_measured(const Record& record, std::string_view section) {
  return is_bench(record) && asked_text(record, key::section) == section &&
         done_value(record, "pass.seconds");
}

/// Whether some size of the section was measured under several loads, so that series need to say
/// which; else each size has a load of its own that suits it.
bool has_several_loads(std::span<const Record> records, std::string_view section) {
  std::map<std::string, int> counts;
  for (const Record& record : records)
    if (is_measured(record, section) && ++counts[asked_text(record, key::size)] > 1) return true;
  return false;
}

/// Series in the order in which their first mark came.
class SeriesList {
 public:
  std::vector<Mark>& operator[](const std::string& label) {
    const auto found = std::ranges::find(all, label, &MarkSeries::label);
    if (found != all.end()) return found->marks;
    return all.emplace_back(MarkSeries{.label = label, .marks = {}, .connected = connected}).marks;
  }
  std::vector<MarkSeries> all;
  bool connected = false;
};

void append(std::vector<Figure>& figures, std::string name, const ScatterChart& chart) {
  const bool empty = std::ranges::all_of(
      chart.series, [](const MarkSeries& series) { return series.marks.empty(); });
  if (!empty) figures.push_back({std::move(name), to_svg(chart)});
}

struct RoofHeights {
  double product = 0, copy = 0;
};

/// Of each type: the fastest large product and the fastest copy of these records.
std::map<std::string, RoofHeights> roofs_of(std::span<const Record> records) {
  std::map<std::string, RoofHeights> roofs;
  for (const Record& record : records) {
    const auto product = done_value(record, "roof.large_product"),
               copy = done_value(record, "roof.copy");
    if (!product || !copy) continue;
    RoofHeights& roof = roofs[asked_text(record, key::type)];
    roof.product = std::max(roof.product, *product);
    roof.copy = std::max(roof.copy, *copy);
  }
  return roofs;
}

ScatterChart roofline(std::span<const Record> records) {
  SeriesList series;
  double least = INFINITY, most = 0;
  for (const Record& record : records) {
    const auto flops = done_value(record, "flops"), bytes = done_value(record, "bytes"),
               rate = done_value(record, "flops_per_second");
    if (!flops || !bytes || !rate) continue;
    const double intensity = *flops / *bytes;
    least = std::min(least, intensity);
    most = std::max(most, intensity);
    series[fmt::format("{} ({})", asked_text(record, key::section), asked_text(record, key::type))]
        .push_back({.x = intensity,
                    .y = *rate,
                    .label = asked_text(record, key::section) == kRefiners
                                 ? ""  // they are many, and close together
                                 : asked_text(record, key::size),
                    .open = !extrapolation_of(record).empty()});
  }
  ScatterChart chart{
      .title = "Roofline: what is computed for each byte that is moved",
      .x_label = "FLOPs per byte (counted from shapes)",
      .y_label = "FLOP/s",
      .series = std::move(series.all),
      .log_x = true,
      .log_y = true,
      .note = "Dashed: one large matrix product and copying, in the same run. " + kRingNote};
  for (const auto& [type, roof] : roofs_of(records)) {
    const double ridge = roof.product / roof.copy, right = std::max(most, ridge) * 1.5;
    const double left = std::min(least, ridge / 4);
    chart.guides.push_back(
        {.label = fmt::format("{} products, {}FLOP/s", type, short_number(roof.product)),
         .x = {left, ridge, right},
         .y = {left * roof.copy, roof.product, roof.product}});
  }
  return chart;
}

/// `rate(record)` against parameters, a series for each load.
ScatterChart by_parameters(std::span<const Record> records, std::string_view section,
                           const std::function<Mark(const Record&)>& mark, ScatterChart chart) {
  SeriesList series;
  series.connected = true;
  const bool several = has_several_loads(records, section);
  for (const Record& record : records)
    if (is_measured(record, section))
      series[several ? load_of(record) : asked_text(record, key::type)].push_back(mark(record));
  for (MarkSeries& one : series.all) std::ranges::sort(one.marks, {}, &Mark::x);
  chart.series = std::move(series.all);
  chart.log_x = chart.log_y = true;
  chart.note = kRingNote;
  return chart;
}

/// `units` a pass as units a second, with the ends of the spread.
Mark rate_mark(const Record& record, double units) {
  return {.x = static_cast<double>(get<std::int64_t>(record.asked, key::parameters)),
          .y = units / *done_value(record, "pass.seconds"),
          .low = units / *done_value(record, "pass.seconds.high"),
          .high = units / *done_value(record, "pass.seconds.low"),
          .label = asked_text(record, key::size),
          .open = !extrapolation_of(record).empty()};
}

double batch_of(const Record& record) {
  return static_cast<double>(get<std::int64_t>(record.asked, key::batch));
}

/// Sampling steps with what strategies add to them; the bars of the shares.
struct TextCosts {
  SeriesList steps;
  BarChart shares{.title = "What the text adds to a sampling step",
                  .value_label = "part of the backbone's step (%)",
                  .series = {"refiner", "fusion"},
                  .groups = {}};
};

TextCosts text_costs(std::span<const Record> records) {
  TextCosts costs;
  costs.steps.connected = true;
  const bool several = has_several_loads(records, kSampling);
  for (const Record& step : records) {
    if (!is_measured(step, kSampling)) continue;
    const auto seconds = done_value(step, "pass.seconds");
    const auto seconds_of = [&](std::string_view strategy) -> std::optional<double> {
      for (const Record& other : records)
        if (is_bench(other) && asked_text(other, key::section) == kRefiners &&
            asked_text(other, key::strategy) == strategy &&
            asked_text(other, key::size) == asked_text(step, key::size) &&
            load_of(other) == load_of(step))
          return done_value(other, "pass.seconds");
      return std::nullopt;
    };
    const auto add = [&](const std::string& label, std::optional<double> extra) {
      if (!extra) return;
      Mark mark = rate_mark(step, 1);
      mark.y = (*seconds + *extra) / batch_of(step);
      mark.low.reset();
      mark.high.reset();
      if (*extra > 0) mark.label.clear();  // the size stands beside the backbone alone
      costs.steps[several ? label + ", " + load_of(step) : label].push_back(mark);
    };
    const auto refiner = seconds_of("bidirectional-refiner"),
               fusion = seconds_of("multi-llm-fusion");
    add("backbone alone", 0.0);
    add("+ refiner", refiner);
    add("+ fusion", fusion);
    if (!refiner && !fusion) continue;
    const auto bar = [&](std::optional<double> extra) {
      return Bar{.value = extra ? std::optional(100 * *extra / *seconds) : std::nullopt,
                 .low = {},
                 .high = {}};
    };
    costs.shares.groups.push_back(
        {several ? fmt::format("{}, {}", asked_text(step, key::size), load_of(step))
                 : asked_text(step, key::size),
         {bar(refiner), bar(fusion)}});
  }
  return costs;
}

}  // namespace

std::vector<Figure> bench_figures(std::span<const Record> records) {
  std::vector<Figure> figures;
  append(figures, "roofline", roofline(records));
  const auto tokens = [](const Record& record) {
    return rate_mark(record, batch_of(record) *
                                 static_cast<double>(get<std::int64_t>(record.asked, key::length)));
  };
  append(figures, "encoders",
         by_parameters(records, kEncoders, tokens,
                       {.title = "How fast language models read",
                        .x_label = "parameters",
                        .y_label = "tokens per second",
                        .series = {}}));
  TextCosts costs = text_costs(records);
  append(figures, "sampling",
         {.title = "A sampling step, and what the text adds to it",
          .x_label = "parameters of the backbone",
          .y_label = "seconds for a step, per image of the batch",
          .series = std::move(costs.steps.all),
          .log_x = true,
          .log_y = true,
          .note = kRingNote});
  if (!costs.shares.groups.empty()) figures.push_back({"text_share", to_svg(costs.shares)});
  append(figures, "training",
         by_parameters(records, kTraining,
                       [](const Record& record) { return rate_mark(record, batch_of(record)); },
                       {.title = "How fast backbones train",
                        .x_label = "parameters of the backbone",
                        .y_label = "images per second",
                        .series = {}}));
  return figures;
}

std::vector<Figure> cost_figures(std::span<const Record> experiments,
                                 const std::string& measurement) {
  const auto said = [](const Record& record, const char* key) {
    return get_or<std::string>(record.context, key, "unknown");
  };
  std::map<std::array<std::string, 3>, SeriesList> groups;  // what may stand in one figure
  for (const Record& record : experiments) {
    const auto score = done_value(record, measurement),
               seconds = done_value(record, "train.seconds_per_step");
    if (!score || !seconds) continue;
    groups[{said(record, "world"), said(record, "scorer"), said(record, "device_name")}]
          [get_or<std::string>(record.asked, "strategy", record.name)]
              .push_back({.x = 1000 * *seconds, .y = 100 * *score});
  }
  std::vector<Figure> figures;
  for (auto& [group, series] : groups)
    append(
        figures,
        figures.empty() ? "cost_alignment" : fmt::format("cost_alignment_{}", figures.size() + 1),
        {.title = "Alignment against what it costs",
         .x_label = "ms for a training step",
         .y_label = measurement + " (%)",
         .series = std::move(series.all),
         .log_x = true,
         .note = fmt::format("A point is a cell of one seed. {}; {}.", group[0], group[2])});
  return figures;
}

}  // namespace lidit::throughput

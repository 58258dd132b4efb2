#include "harness/report/spec_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "harness/report/comparison_table.h"
#include "harness/report/spec_figures.h"
#include "harness/settings.h"
#include "metrics/scenes/rgb.h"
#include "metrics/scenes/world.h"
#include "results/figures.h"
#include "results/files.h"
#include "results/png.h"

namespace lidit {
namespace {

constexpr std::int64_t kGridRows = 6;
constexpr std::uint64_t kPictureLimit = 1 << 24;  // bytes

/// The mean of a measurement with the range of its seeds.
Bar make_bar(const RowResults& row, const std::string& measurement) {
  const std::vector<double> values = row.values(measurement);
  if (values.empty()) return {};
  const auto [low, high] = std::ranges::minmax(values);
  return {.value = mean(values), .low = low, .high = high};
}

std::optional<double> mean_of(const SpecResults& results, std::string_view strategy,
                              const std::string& measurement) {
  for (const RowResults& row : results.rows)
    if (!row.records.empty() && get<std::string>(row.records[0].asked, "strategy") == strategy)
      return mean(row.values(measurement));
  return std::nullopt;
}

std::vector<ReferenceLine> reference_lines(const SpecResults& results,
                                           const std::string& measurement) {
  std::vector<ReferenceLine> lines;
  if (const auto floor = mean_of(results, kBagOracle, measurement))
    lines.push_back({"bag of words", *floor});
  if (const auto ceiling = mean_of(results, kSceneTokens, measurement))
    lines.push_back({"exact tokens", *ceiling});
  return lines;
}

bool is_trained(const RowResults& row) {
  return !row.records.empty() && !row.records.front().series.empty();
}

/// Bars of the table's fraction columns.
std::string bars(const AblationSpec& spec, const SpecResults& results) {
  BarChart chart{.title = "Objects that are wholly right",
                 .value_label = "share of objects; whiskers: range of the seeds",
                 .series = {},
                 .groups = {},
                 .references = {},
                 .range = {0, 1}};
  std::vector<std::string> measurements;
  for (const ColumnSpec& column : spec.table.columns) {
    if (!column.measurement.ends_with(".binding")) continue;
    measurements.push_back(column.measurement);
    chart.series.push_back(column.label);
  }
  for (const RowResults& row : results.rows) {
    BarGroup group{.label = row.label, .bars = {}};
    for (const std::string& name : measurements) group.bars.push_back(make_bar(row, name));
    chart.groups.push_back(std::move(group));
  }
  if (!measurements.empty()) chart.references = reference_lines(results, measurements.front());
  return to_svg(chart);
}

std::string learning_curves(const SpecResults& results, const std::string& split) {
  LineChart chart{.title = fmt::format("Binding on '{}' while learning", split),
                  .x_label = "training steps",
                  .y_label = "share of objects wholly right",
                  .curves = {},
                  .references = {},
                  .y_range = {0, 1}};
  for (const RowResults& row : results.rows)
    if (auto curve = learning_curve(row, split + ".binding"))
      chart.curves.push_back(std::move(*curve));
  if (const auto floor = mean_of(results, kBagOracle, split + ".binding"))
    chart.references.push_back({"bag of words", *floor});
  return to_svg(chart);
}

std::map<std::string, Fields> rows_by_id(const std::filesystem::path& folder) {
  std::map<std::string, Fields> rows;
  for (Fields& row : read_prompts(folder))
    rows.emplace(get<std::string>(row, "id"), std::move(row));
  return rows;
}

/// One column of the grid: a trained row's first seed.
struct GridColumn {
  const RowResults* row;
  std::map<std::string, Fields> prompts;
};

GridImage grid_image(const GridColumn& column, const std::string& split, std::int64_t i) {
  const auto file = column.row->folders.front() / "images" / fmt::format("{}-{:03}.png", split, i);
  const auto prompt = column.prompts.find(fmt::format("{}/{}", split, i));
  if (prompt == column.prompts.end() || !std::filesystem::exists(file)) return {.png = ""};
  return {.png = read_file(file, kPictureLimit),
          .caption = "",
          .right = get<double>(prompt->second, "prompt") == 1};
}

void add_image_grid(const SpecResults& results, const std::string& split, Report& report) {
  std::vector<std::string> titles{"wanted"};
  std::vector<GridColumn> columns;
  for (const RowResults& row : results.rows)
    if (is_trained(row)) {
      titles.push_back(row.label);
      columns.push_back({&row, rows_by_id(row.folders.front())});
    }
  if (columns.empty()) return;
  const Fields& asked = columns.front().row->records.front().asked;
  const scenes::World world(parse_settings(asked).world.world);
  std::vector<GridRow> rows;
  for (std::int64_t i = 0; i < std::min(kGridRows, get<std::int64_t>(asked, "evaluation.images"));
       ++i) {
    const scenes::Example example = world.example(split, i);
    GridRow row{.label = example.caption.text, .images = {}};
    row.images.push_back({.png = encode_png(scenes::to_rgb(world.draw(example.scene)))});
    for (const GridColumn& column : columns) row.images.push_back(grid_image(column, split, i));
    rows.push_back(std::move(row));
  }
  report.heading(fmt::format("Images for prompts of '{}'", split));
  report.paragraph(
      "The first prompts of the split, not chosen. First seed; every strategy starts from the same "
      "noise. Green frame: everything that the prompt says is right.");
  report.image_grid(titles, rows);
}

}  // namespace

Table position_table(const SpecResults& results, const std::string& split) {
  Table table{.title = fmt::format("Binding by position in the caption ('{}')", split),
              .caption = "always the same number of objects, each of which takes every position"};
  table.columns.push_back({.title = "row"});
  const auto name = [&](std::size_t k) { return fmt::format("{}.binding.position.{}", split, k); };
  const auto any_has = [&](std::size_t k) {
    return std::ranges::any_of(results.rows,
                               [&](const RowResults& row) { return !row.values(name(k)).empty(); });
  };
  std::size_t positions = 0;
  while (any_has(positions + 1)) ++positions;
  for (std::size_t k = 1; k <= positions; ++k)
    table.columns.push_back(
        {.title = fmt::format("object {}", k), .unit = "fraction", .digits = 1});
  for (const RowResults& row : results.rows) {
    if (row.records.empty() || positions == 0) continue;
    std::vector<Cell> cells{Cell::words(row.label)};
    for (std::size_t k = 1; k <= positions; ++k) {
      const auto found = estimate(row, name(k));
      cells.push_back(found ? Cell::number(found->mean) : Cell::none("not measured"));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::vector<const RowResults*> strongest_rows(const SpecResults& results,
                                              const std::string& split) {
  const std::string binding = split + ".binding";
  std::vector<const RowResults*> rows;
  for (const RowResults& row : results.rows)
    if (is_trained(row) && estimate(row, binding) &&
        get<std::string>(row.records.front().asked, "strategy") != kSceneTokens)
      rows.push_back(&row);
  std::ranges::stable_sort(rows, std::greater{},
                           [&](const RowResults* row) { return estimate(*row, binding)->mean; });
  return rows;
}

Table failure_table(const SpecResults& results, const std::string& split, std::size_t count) {
  Table table{.title = "What goes wrong",
              .caption = "a failure of each of the strongest rows, first seed"};
  for (const char* title : {"row", "prompt", "wanted", "got"})
    table.columns.push_back({.title = title});
  std::set<std::string> shown;
  for (const RowResults* row : strongest_rows(results, split)) {
    if (table.rows.size() == count) break;
    for (const Fields& prompt : read_prompts(row->folders.front())) {
      if (get<std::string>(prompt, "split") != split || get<double>(prompt, "prompt") == 1 ||
          !prompt.contains("found"))  // a readout reads no images
        continue;
      if (!shown.insert(get<std::string>(prompt, "caption")).second) continue;
      table.rows.push_back({Cell::words(row->label),
                            Cell::words(get<std::string>(prompt, "caption")),
                            Cell::words(get<std::string>(prompt, "wanted")),
                            Cell::words(get<std::string>(prompt, "found"))});
      break;
    }
  }
  return table;
}

std::string spec_page(const AblationSpec& spec, const SpecResults& results,
                      std::span<const Table> more_tables) {
  Report report(spec.title, origin(results));
  if (!spec.note.empty()) report.paragraph(spec.note);
  report.heading("Results");
  report.table(comparison_table(spec, results));
  report.figure(bars(spec, results),
                "Dashed: an oracle that knows the words but not which belong "
                "together, and a conditioner that is told every object.");
  for (const SpecFigure& figure : draw_figures(spec, results))
    report.figure(figure.svg, figure.caption);
  std::vector<std::string> curves;
  for (const RowResults& row : results.rows)
    for (const Record& record : row.records)
      for (const Series& series : record.series)
        if (series.name.ends_with(".binding") &&
            std::ranges::find(curves, series.name) == curves.end())
          curves.push_back(series.name);
  if (!curves.empty()) report.heading("Learning curves");
  for (const std::string& name : curves)
    report.figure(learning_curves(results, name.substr(0, name.rfind('.'))),
                  "Lines: mean of the seeds; bands: their range; few prompts per point.");
  for (const Table& table : more_tables) {
    report.heading(table.title);
    report.table(table);
  }
  for (const std::string& name : curves)
    add_image_grid(results, name.substr(0, name.rfind('.')), report);
  return report.html();
}

}  // namespace lidit

#include "harness/commands/score_drawn.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/score.h"
#include "harness/exit_code.h"
#include "harness/experiment.h"
#include "harness/planned_cell.h"
#include "harness/readable_records.h"
#include "harness/settings.h"
#include "metrics/scenes/import_images.h"
#include "results/comparability.h"
#include "results/store.h"
#include "results/table.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBinding = ".binding";

/// The settings of a row that scores the folder, whole.
ExperimentSpec row_of(const ScoreOptions& options) {
  const fs::path folder = fs::absolute(options.images).lexically_normal();
  const std::vector<std::string> splits = scenes::imported_splits(folder);
  const scenes::WorldFile first =
      scenes::read_world_file(scenes::split_folder(folder, splits.front()));
  for (const std::string& split : splits) {
    const scenes::WorldFile file = scenes::read_world_file(scenes::split_folder(folder, split));
    if (file.prompts != first.prompts || file.tests != first.tests)
      throw UserError(
          fmt::format("{}: the splits '{}' and '{}' are of different worlds or numbers of prompts; "
                      "score them one by one",
                      folder.string(), splits.front(), split));
  }
  Fields settings{{"strategy", std::string(kImageFolder)},
                  {"images.folder", folder.string()},
                  {"world.preset", first.settings.preset},
                  {"world.seed", static_cast<std::int64_t>(first.settings.seed)},
                  {"world.fold", std::int64_t{first.settings.fold}},
                  {"evaluation.splits", splits},
                  {"evaluation.prompts", first.prompts}};
  if (options.allow_missing) settings["images.allow_missing"] = true;
  return {.row = system_name(options), .settings = std::move(settings)};
}

std::vector<std::string> binding_columns(const Record& record) {
  std::vector<std::string> names;
  for (const Measurement& measurement : record.measurements)
    if (measurement.name.ends_with(kBinding)) names.push_back(measurement.name);
  return names;
}

/// This record first, then other folders that were scored by the same prompts.
std::vector<Record> drawn_rows_beside(const Record& record, const RecordStore& store,
                                      const CommandContext& context) {
  std::vector<Record> rows = {record};
  const auto own = read_prompts(store.place_of(record.fingerprint));
  for (Record& other : readable_records(store, context)) {
    if (other.status != Status::done || other.fingerprint == record.fingerprint ||
        get_or<std::string>(other.asked, "strategy", "") != kImageFolder ||
        refuse_comparison(record, other))
      continue;
    const auto rows_of_other = read_prompts(store.place_of(other.fingerprint));
    const auto columns = binding_columns(record);
    const bool same = std::ranges::none_of(columns, [&](const std::string& column) {
      return refuse_comparison(own, rows_of_other, column).has_value();
    });
    if (same) rows.push_back(std::move(other));
  }
  return rows;
}

Table table_of(std::span<const Record> rows) {
  const std::vector<std::string> columns = binding_columns(rows.front());
  Table table{.title = "pictures of the drawn world, read back",
              .caption = get<std::string>(rows.front().context, "world"),
              .columns = {{.title = "system"}}};
  for (const std::string& column : columns)
    table.columns.push_back(
        {.title = column, .unit = "fraction", .digits = 1, .higher_is_better = true});
  for (const Record& record : rows) {
    const Measurement* missing = record.find(kImagesMissing);
    const double lacking = missing && missing->value ? *missing->value : 0;
    std::vector<Cell> cells = {Cell::words(
        lacking > 0 ? fmt::format("{} (incomplete: {} images missing)", record.name, lacking)
                    : record.name)};
    for (const std::string& column : columns) {
      const Measurement* found = record.find(column);
      cells.push_back(found && found->value ? Cell::number(*found->value)
                                            : Cell::none("not scored"));
    }
    table.rows.push_back(std::move(cells));
  }
  table.notes = {
      "one folder of images is one seed: no interval; a row of a spec: strategy = "
      "\"image-folder\", "
      "images.folder"};
  mark_best(table);
  return table;
}

}  // namespace

int score_drawn(const ScoreOptions& options, const CommandContext& context) {
  refuse_unread("drawn", "--audit", !options.audit.empty());
  refuse_unread("drawn", "--judge", !options.judges.empty());
  refuse_unread("drawn", "--prompts", !options.prompts.empty());
  refuse_unread("drawn", "--legacy", !options.legacy.empty());
  refuse_unread("drawn", "--category", !options.categories.empty());
  refuse_unread("drawn", "--clip", !options.clip.empty());
  const TableFormat format = table_format(options.format);
  const PlannedCell cell = plan_cell(row_of(options), context.home);
  const RecordStore store(context.home.records());
  const auto draft = store.draft(cell.fingerprint);
  ExperimentResult result = run_experiment(cell.resolved, {.home = context.home.root,
                                                           .folder = draft->folder(),
                                                           .device = c10::kCPU,
                                                           .tell = [](auto, auto, auto) {}});
  result.record.name = system_name(options);
  draft->commit(result.record, result.prompts, true);
  const std::vector<Record> rows = drawn_rows_beside(result.record, store, context);
  context.out << print(table_of(rows), format);
  context.talk << "record " << store.place_of(cell.fingerprint).filename().string() << std::endl;
  return exit_done;
}

}  // namespace lidit

#include "ablations/ablation_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ablations/spec_file.h"
#include "results/files.h"
#include "results/names.h"

namespace lidit {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChainLimit = 16;

void erase_axis(std::vector<Axis>& axes, std::string_view key) {
  std::erase_if(axes, [&](const Axis& axis) { return axis.key == key; });
}

/// `child` over `parent`: what is nearer wins.
SpecFile merge(SpecFile parent, SpecFile child) {
  if (!child.title) child.title = std::move(parent.title);
  if (!child.note) child.note = std::move(parent.note);
  if (!child.seeds) child.seeds = std::move(parent.seeds);
  if (!child.table) child.table = std::move(parent.table);
  if (child.rows.empty()) child.rows = std::move(parent.rows);
  if (child.figures.empty()) child.figures = std::move(parent.figures);
  for (const auto& [key, setting] : child.set) erase_axis(parent.axes, key);
  for (const Axis& axis : child.axes) {
    erase_axis(parent.axes, axis.key);
    parent.set.erase(axis.key);
  }
  child.set.merge(parent.set);
  child.axes.insert(child.axes.begin(), parent.axes.begin(), parent.axes.end());
  child.skips.insert(child.skips.begin(), parent.skips.begin(), parent.skips.end());
  return child;
}

SpecFile read_chain(const fs::path& file, const Schema& schema, const ReadSpec& read,
                    std::vector<fs::path> readers = {}) {
  const fs::path place = file.lexically_normal();
  if (std::ranges::find(readers, place) != readers.end())
    throw SpecError(
        fmt::format("{}: extends itself by way of {}", place.string(), readers.back().string()));
  if (readers.size() == kChainLimit)
    throw SpecError(
        fmt::format("{}: more than {} files extend each other", place.string(), kChainLimit));
  std::string text;
  try {
    text = read(place);
  } catch (const FileError& error) {
    if (readers.empty()) throw;
    throw SpecError(fmt::format("{}: extends a file that is not there: {}", readers.back().string(),
                                error.what()));
  }
  SpecFile spec = parse_spec_file(text, place.string(), schema);
  if (!spec.extends) return spec;
  readers.push_back(place);
  const fs::path parent = place.parent_path() / *spec.extends;
  return merge(read_chain(parent, schema, read, std::move(readers)), std::move(spec));
}

/// An override beats everything: base, axes and rows.
void apply(SpecFile& spec, const Override& change) {
  if (change.key == "seeds") {
    spec.seeds = std::get<std::vector<std::int64_t>>(change.value);
    return;
  }
  erase_axis(spec.axes, change.key);
  const Setting setting{change.value, "--set " + change.key};
  for (Row& row : spec.rows) row.settings.erase(change.key);
  spec.set.insert_or_assign(change.key, setting);
}

void check_rows(const SpecFile& spec, const std::string& file) {
  for (const Axis& axis : spec.axes) {
    if (const auto base = spec.set.find(axis.key); base != spec.set.end())
      throw SpecError(fmt::format("{}: '{}' is an axis and is also set in {}", axis.where, axis.key,
                                  base->second.where));
    for (const Row& row : spec.rows)
      if (row.settings.contains(axis.key))
        throw SpecError(fmt::format("{}: '{}' is an axis and is also set by the row '{}'",
                                    row.where, axis.key, row.row.label));
  }
  if (!spec.seeds || spec.seeds->empty())
    throw SpecError(fmt::format("{}: 'seeds' is missing, as in seeds = [0, 1]", file));
  if (std::set(spec.seeds->begin(), spec.seeds->end()).size() != spec.seeds->size())
    throw SpecError(fmt::format("{}: a seed is given twice", file));
}

void check_count(const SpecFile& spec, const std::string& file) {
  std::size_t count = std::max<std::size_t>(1, spec.rows.size());
  const auto times = [&](std::size_t factor) {
    if (factor > kCellLimit / count)  // count is never 0
      throw SpecError(
          fmt::format("{}: more than {} cells; shorten an axis or the seeds", file, kCellLimit));
    count *= factor;
  };
  if (count > kCellLimit) throw SpecError(fmt::format("{}: more than {} rows", file, kCellLimit));
  for (const Axis& axis : spec.axes) times(axis.values.size());
  times(spec.seeds->size());
}

struct Point {
  std::string label;
  Fields settings;
};

/// The Cartesian product of the axes over `base`, the last axis fastest.
std::vector<Point> product(Point base, const std::vector<Axis>& axes) {
  std::vector<Point> points = {std::move(base)};
  for (const Axis& axis : axes) {
    std::vector<Point> longer;
    for (const Point& point : points) {
      for (const Value& value : axis.values) {
        longer.push_back(point);
        longer.back().settings[axis.key] = value;
        const auto* text = std::get_if<std::string>(&value);
        longer.back().label += fmt::format("{}{} = {}", point.label.empty() ? "" : ", ", axis.key,
                                           text ? *text : to_text(value));
      }
    }
    points = std::move(longer);
  }
  return points;
}

std::string skip_reason(const Fields& settings, const std::vector<SkipRule>& rules) {
  for (const SkipRule& rule : rules) {
    const bool holds = std::ranges::all_of(rule.when, [&](const auto& wanted) {
      const auto found = settings.find(wanted.first);
      return found != settings.end() && found->second == wanted.second.value;
    });
    if (holds) return rule.reason;
  }
  return "";
}

/// One row of the file becomes one row of the table per point of the axes.
void add_rows(const Row& row, const SpecFile& file, const Schema& schema, AblationSpec& spec) {
  Point base{row.row.label, {}};
  for (const auto& [key, setting] : file.set) base.settings[key] = setting.value;
  for (const auto& [key, setting] : row.settings) base.settings[key] = setting.value;
  for (Point& point : product(std::move(base), file.axes)) {
    if (point.label.empty()) point.label = spec.name;
    schema.fill_defaults(point.settings);
    const std::string reason = skip_reason(point.settings, file.skips);
    for (const std::int64_t seed : spec.seeds)
      spec.cells.push_back({point.label, point.settings, seed, reason});
    spec.rows.push_back({std::move(point.label), row.row.paper});
  }
}

/// Two rows of one label could not be told apart, two of equal settings would be one.
void check_distinct(const AblationSpec& spec, const std::string& file) {
  std::map<std::string, std::string> rows_by_settings;
  std::set<std::string> labels;
  for (std::size_t i = 0; i < spec.cells.size(); i += spec.seeds.size()) {
    const ExperimentSpec& cell = spec.cells[i];
    if (!labels.insert(cell.row).second)
      throw SpecError(fmt::format("{}: two rows are called '{}'", file, cell.row));
    const auto [same, is_new] = rows_by_settings.emplace(to_json(cell.settings), cell.row);
    if (!is_new)
      throw SpecError(
          fmt::format("{}: the rows '{}' and '{}' ask for the same settings (to run one "
                      "of them, use --filter)",
                      file, same->second, cell.row));
  }
  if (!spec.table.reference.empty() && !labels.contains(spec.table.reference)) {
    const std::vector<std::string> choices(labels.begin(), labels.end());
    throw SpecError(
        fmt::format("{}: {}", file, unknown_name("reference row", spec.table.reference, choices)));
  }
}

}  // namespace

AblationSpec load_spec(const fs::path& file, const Schema& schema,
                       std::span<const std::string> overrides, const ReadSpec& read) {
  SpecFile spec_file = read_chain(file, schema, read);
  for (const std::string& text : overrides) apply(spec_file, parse_override(text, schema));
  check_rows(spec_file, file.string());
  check_count(spec_file, file.string());

  AblationSpec spec;
  spec.name = spec_file.name.value_or(file.stem().string());
  spec.title = spec_file.title.value_or(spec.name);
  spec.note = spec_file.note.value_or("");
  spec.seeds = *spec_file.seeds;
  spec.table = spec_file.table.value_or(TableSpec{});
  spec.figures = std::move(spec_file.figures);
  if (spec_file.rows.empty()) spec_file.rows.emplace_back();
  for (const Row& row : spec_file.rows) add_rows(row, spec_file, schema, spec);
  check_distinct(spec, file.string());
  return spec;
}

AblationSpec load_spec(const fs::path& file, const Schema& schema,
                       std::span<const std::string> overrides) {
  return load_spec(file, schema, overrides,
                   [](const fs::path& path) { return read_file(path, kSpecFileLimit); });
}

}  // namespace lidit

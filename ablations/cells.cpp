// Picking cells and showing them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "ablations/ablation_spec.h"
#include "ablations/spec_file.h"

namespace lidit {
namespace {

/// * stands for any letters, ? for one. Time: pattern times text.
bool matches_pattern(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++t, ++p;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

using Term = std::function<bool(const ExperimentSpec&)>;

Term parse_term(std::string_view text, const Schema& schema) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos)
    return [pattern = std::string(text)](const ExperimentSpec& cell) {
      return matches_pattern(cell.row, pattern);
    };
  if (text.substr(0, equals) == "seed") {
    std::int64_t seed = 0;
    const auto [end, error] = std::from_chars(&text[equals] + 1, text.data() + text.size(), seed);
    if (error != std::errc() || end != text.data() + text.size())
      throw SpecError(fmt::format("--filter {}: a seed is an integer", text));
    return [seed](const ExperimentSpec& cell) { return cell.seed == seed; };
  }
  return [wanted = parse_override(text, schema, "--filter")](const ExperimentSpec& cell) {
    const auto found = cell.settings.find(wanted.key);
    return found != cell.settings.end() && found->second == wanted.value;
  };
}

/// How long the longest label is that `text` begins with as a whole term: labels may have commas
/// and equals signs. 0 when there is none.
std::size_t label_at(std::span<const ExperimentSpec> cells, std::string_view text) {
  std::size_t longest = 0;
  for (const ExperimentSpec& cell : cells)
    if (text.starts_with(cell.row) &&
        (text.size() == cell.row.size() || text[cell.row.size()] == ','))
      longest = std::max(longest, cell.row.size());
  return longest;
}

/// The rows, each once, in the order of the cells.
std::string rows_of(std::span<const ExperimentSpec> cells) {
  std::string rows;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (i == 0 || cells[i].row != cells[i - 1].row)
      rows += fmt::format("{}'{}'", rows.empty() ? "" : ", ", cells[i].row);
  return rows;
}

/// Whether every cell has `key` with the same value.
bool is_shared(const AblationSpec& spec, const std::string& key, const Value& value) {
  return std::ranges::all_of(spec.cells, [&](const ExperimentSpec& cell) {
    const auto found = cell.settings.find(key);
    return found != cell.settings.end() && found->second == value;
  });
}

}  // namespace

std::vector<ExperimentSpec> filter_cells(std::span<const ExperimentSpec> cells,
                                         std::string_view expression, const Schema& schema) {
  std::vector<Term> terms;
  for (std::size_t begin = 0; begin <= expression.size();) {
    if (const std::size_t label = label_at(cells, expression.substr(begin))) {
      terms.push_back([row = expression.substr(begin, label)](const ExperimentSpec& cell) {
        return cell.row == row;
      });
      begin += label + 1;
      continue;
    }
    const std::size_t comma = std::min(expression.find(',', begin), expression.size());
    const std::string_view term = expression.substr(begin, comma - begin);
    if (term.empty()) throw SpecError(fmt::format("--filter {}: an empty term", expression));
    terms.push_back(parse_term(term, schema));
    begin = comma + 1;
  }
  std::vector<ExperimentSpec> picked;
  std::ranges::copy_if(cells, std::back_inserter(picked), [&](const ExperimentSpec& cell) {
    return std::ranges::all_of(terms, [&](const Term& holds) { return holds(cell); });
  });
  if (picked.empty())
    throw SpecError(fmt::format(
        "--filter {}: no cell is so; a term is a row ({}), key=value with a key that the cells "
        "set, or seed=N",
        expression, rows_of(cells)));
  return picked;
}

std::string describe(const AblationSpec& spec) {
  const auto skipped = static_cast<std::size_t>(std::ranges::count_if(
      spec.cells, [](const ExperimentSpec& cell) { return !cell.skip_reason.empty(); }));
  std::string text =
      fmt::format("{}: {}\n{} cells of {} rows x {} seeds, {} of them skipped\n", spec.name,
                  spec.title, spec.cells.size(), spec.rows.size(), spec.seeds.size(), skipped);
  Fields shared;
  text += "\nsettings of all cells:\n";
  for (const auto& [key, value] : spec.cells.empty() ? Fields{} : spec.cells.front().settings) {
    if (!is_shared(spec, key, value)) continue;
    shared[key] = value;
    text += fmt::format("  {} = {}\n", key, to_text(value));
  }
  text += "\ncells:\n";
  const std::string* row = nullptr;  // of the cell before: its settings are shown once
  for (const ExperimentSpec& cell : spec.cells) {
    text += fmt::format("  {}, seed {}", cell.row, cell.seed);
    if (!cell.skip_reason.empty()) text += fmt::format(" (skipped: {})", cell.skip_reason);
    text += '\n';
    const bool is_shown = row && *row == cell.row;
    row = &cell.row;
    if (is_shown) continue;
    for (const auto& [key, value] : cell.settings)
      if (!shared.contains(key)) text += fmt::format("      {} = {}\n", key, to_text(value));
  }
  return text;
}

}  // namespace lidit

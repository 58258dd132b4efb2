#include "metrics/human/preferences.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "metrics/prompts/csv.h"
#include "metrics/prompts/text_file.h"
#include "results/names.h"

namespace lidit::human {
namespace {

using benchmarks::CsvRow;

struct Columns {
  std::size_t page, rater, pair, choice;
};

Columns columns_of(const benchmarks::CsvTable& table, std::string_view where) {
  return {.page = table.column("page", where),
          .rater = table.column("rater", where),
          .pair = table.column("pair", where),
          .choice = table.column("choice", where)};
}

Preference preference_of(const std::string& choice, bool first_is_left, std::string_view where) {
  const std::vector<std::string> choices = {"left", "right", "tie"};
  if (std::ranges::find(choices, choice) == choices.end())
    throw FileError(fmt::format("{}: {}", where, unknown_name("choice", choice, choices)));
  if (choice == "tie") return Preference::tie;
  return (choice == "left") == first_is_left ? Preference::win : Preference::loss;
}

class Collector {
 public:
  explicit Collector(const ComparisonKey& key) : key_(key) {
    for (const PairKey& pair : key.pairs) numbers_.emplace(pair.pair, std::ssize(numbers_));
  }

  void take(const CsvRow& row, const Columns& at, std::string_view where) {
    if (row.cells[at.page] != key_.page)
      throw FileError(fmt::format("{}: an answer of page '{}', but the key is of page '{}'", where,
                                  row.cells[at.page], key_.page));
    const auto pair = numbers_.find(row.cells[at.pair]);
    if (pair == numbers_.end())
      throw FileError(fmt::format("{}: the page has no pair '{}'", where, row.cells[at.pair]));
    const std::int64_t rater = number_of_rater(row.cells[at.rater], where);
    if (!seen_.emplace(pair->second, rater).second)
      throw FileError(
          fmt::format("{}: '{}' judges pair '{}' twice", where, row.cells[at.rater], pair->first));
    const PairKey& known = key_.pairs[static_cast<std::size_t>(pair->second)];
    found_.judgements.push_back(
        {.prompt = pair->second,
         .rater = rater,
         .preference = preference_of(row.cells[at.choice], known.first_is_left, where)});
  }

  Preferences finish() {
    std::set<std::int64_t> judged;
    for (const Judgement& judgement : found_.judgements) judged.insert(judgement.prompt);
    for (const auto& [name, number] : numbers_)
      if (!judged.contains(number)) found_.unjudged.push_back(name);
    return std::move(found_);
  }

 private:
  std::int64_t number_of_rater(const std::string& name, std::string_view where) {
    if (name.empty()) throw FileError(fmt::format("{}: a rater without a name", where));
    const auto known = std::ranges::find(found_.raters, name);
    const std::int64_t number = known - found_.raters.begin();
    if (known == found_.raters.end()) found_.raters.push_back(name);
    return number;
  }

  const ComparisonKey& key_;
  std::map<std::string, std::int64_t> numbers_;
  std::set<std::pair<std::int64_t, std::int64_t>> seen_;
  Preferences found_;
};

}  // namespace

Preferences read_preferences(const ComparisonKey& key,
                             std::span<const std::filesystem::path> files) {
  Collector collector(key);
  for (const std::filesystem::path& file : files) {
    const std::string where = file.string();
    const benchmarks::CsvTable table = benchmarks::parse_csv(benchmarks::read_text(file), where);
    const Columns columns = columns_of(table, where);
    for (const CsvRow& row : table.rows)
      collector.take(row, columns, fmt::format("{}: line {}", where, row.line));
  }
  return collector.finish();
}

}  // namespace lidit::human

#include "metrics/prompts/question_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "metrics/prompts/csv.h"

namespace lidit::benchmarks {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::int64_t> parse_id(std::string_view text) {
  text = trim(text);
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0) return std::nullopt;
  return id;
}

/// The ids in "1, 2"; none when a word is among them.
std::optional<std::vector<std::int64_t>> parse_parents(std::string_view text) {
  std::vector<std::int64_t> parents;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto id = parse_id(text.substr(0, comma));
    if (!id) return std::nullopt;
    if (*id != 0) parents.push_back(*id);
    if (comma == text.size()) return parents;
    text.remove_prefix(comma + 1);
  }
}

struct Columns {
  std::size_t item, text, id, dependency, category, tuple, question;

  Columns(const CsvTable& table, std::string_view where)
      : item(table.column("item_id", where)),
        text(table.column("text", where)),
        id(table.column("proposition_id", where)),
        dependency(table.column("dependency", where)),
        category(table.column("category_broad", where)),
        tuple(table.column("tuple", where)),
        question(table.column("question_natural_language", where)) {}
};

/// Adds rows to a graph; an item is open as long as its rows follow each other.
class GraphBuilder {
 public:
  GraphBuilder(const Columns& columns, std::string_view where) : columns_(columns), where_(where) {}

  void add(const CsvRow& row) {
    open_item(row);
    QuestionItem& item = graph_.items.back();
    const auto id = parse_id(row.cells[columns_.id]);
    if (!id || *id == 0)
      fail(row, fmt::format("'{}' is no proposition_id", row.cells[columns_.id]));
    if (item.find(*id) != item.questions.size())
      fail(row, fmt::format("item '{}' has question {} twice", item.id, *id));
    const auto parents = parse_parents(row.cells[columns_.dependency]);
    if (!parents) {
      ++graph_.unreadable_dependencies;
      broken_.insert(item.id);
    }
    const std::string& tuple = row.cells[columns_.tuple];
    item.questions.push_back({.id = *id,
                              .parents = parents.value_or(std::vector<std::int64_t>()),
                              .category = row.cells[columns_.category],
                              .detail = std::string(trim(tuple.substr(0, tuple.find('(')))),
                              .text = row.cells[columns_.question]});
  }

  QuestionGraph finish() {
    for (QuestionItem& item : graph_.items) {
      count_oddities(item);
      if (!broken_.contains(item.id)) continue;
      for (Question& question : item.questions) question.parents.clear();
    }
    return std::move(graph_);
  }

 private:
  void open_item(const CsvRow& row) {
    const std::string& id = row.cells[columns_.item];
    const std::string& text = row.cells[columns_.text];
    if (graph_.items.empty() || graph_.items.back().id != id) {
      if (id.empty()) fail(row, "an empty item_id");
      if (!seen_.insert(id).second) fail(row, fmt::format("item '{}' is in two places", id));
      graph_.items.push_back({.id = id, .prompt = text, .questions = {}});
    }
    if (graph_.items.back().prompt != text) fail(row, fmt::format("item '{}' has two texts", id));
  }

  void count_oddities(const QuestionItem& item) {
    for (std::size_t place = 0; place < item.questions.size(); ++place) {
      for (const std::int64_t parent : item.questions[place].parents) {
        const std::size_t found = item.find(parent);
        graph_.unknown_parents += found == item.questions.size();
        graph_.self_references += found == place;
        graph_.forward_references += found > place && found < item.questions.size();
      }
    }
  }

  [[noreturn]] void fail(const CsvRow& row, const std::string& what) const {
    throw FileError(fmt::format("{}: line {}: {}", where_, row.line, what));
  }

  Columns columns_;
  std::string where_;
  QuestionGraph graph_;
  std::set<std::string> seen_, broken_;
};

}  // namespace

std::size_t QuestionItem::find(std::int64_t wanted) const {
  return static_cast<std::size_t>(std::ranges::find(questions, wanted, &Question::id) -
                                  questions.begin());
}

std::int64_t QuestionGraph::questions() const {
  std::int64_t count = 0;
  for (const QuestionItem& item : items) count += std::ssize(item.questions);
  return count;
}

QuestionGraph parse_question_graph(std::string_view text, std::string_view where) {
  const CsvTable table = parse_csv(text, where);
  if (table.rows.empty()) throw FileError(fmt::format("{}: no questions", where));
  GraphBuilder builder(Columns(table, where), where);
  for (const CsvRow& row : table.rows) builder.add(row);
  return builder.finish();
}

}  // namespace lidit::benchmarks

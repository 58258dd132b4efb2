#include "metrics/prompts/geneval_prompts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "metrics/prompts/json_lines.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;

constexpr std::string_view kRelations[] = {"left of", "right of", "above", "below"};
constexpr std::int64_t kMostObjects = 16;  // that the evaluator keeps of one class

void check_choice(std::string_view word, std::span<const std::string_view> choices,
                  std::string_view what, std::string_view where) {
  if (std::ranges::find(choices, word) == choices.end())
    throw FileError(fmt::format("{}: unknown {} '{}'; choices: {}", where, what, word,
                                fmt::join(choices, ", ")));
}

GenEvalPosition parse_position(const json& node, std::size_t clause, std::string_view where) {
  if (!node.is_array() || node.size() != 2 || !node[0].is_string() || !node[1].is_number_unsigned())
    throw FileError(fmt::format("{}: 'position' should be [relation, number of a clause]", where));
  GenEvalPosition position{node[0].get<std::string>(), node[1].get<std::size_t>()};
  check_choice(position.relation, kRelations, "relation", where);
  if (position.target >= clause)
    throw FileError(
        fmt::format("{}: clause {} stands in relation to clause {}, which is not "
                    "before it",
                    where, clause, position.target));
  return position;
}

std::vector<GenEvalClause> parse_clauses(const json& object, std::string_view key,
                                         std::string_view where) {
  std::vector<GenEvalClause> clauses;
  for (const json& node : list_member(object, key, where)) {
    if (!node.is_object())
      throw FileError(fmt::format("{}: '{}' should be a list of objects", where, key));
    GenEvalClause clause{.object = text_member(node, "class", where),
                         .count = count_member(node, "count", kMostObjects, where)};
    if (clause.count == 0) throw FileError(fmt::format("{}: a clause about 0 objects", where));
    if (node.contains("color")) {
      clause.color = text_member(node, "color", where);
      check_choice(*clause.color, kGenEvalColors, "colour", where);
    }
    if (node.contains("position"))
      clause.position = parse_position(node["position"], clauses.size(), where);
    clauses.push_back(std::move(clause));
  }
  return clauses;
}

}  // namespace

std::vector<GenEvalPrompt> parse_geneval(std::string_view text, std::string_view where) {
  std::vector<GenEvalPrompt> prompts;
  std::set<std::string> seen;
  for_each_json_line(text, where, [&](const json& line, std::string_view place) {
    GenEvalPrompt prompt{.tag = text_member(line, "tag", place),
                         .prompt = text_member(line, "prompt", place),
                         .include = parse_clauses(line, "include", place),
                         .exclude = {},
                         .metadata = line.dump()};
    check_choice(prompt.tag, kGenEvalTasks, "task", place);
    if (line.contains("exclude")) prompt.exclude = parse_clauses(line, "exclude", place);
    if (!seen.insert(prompt.prompt).second)
      throw FileError(fmt::format("{}: the prompt '{}' is there twice", place, prompt.prompt));
    prompts.push_back(std::move(prompt));
  });
  if (prompts.empty()) throw FileError(fmt::format("{}: no prompts", where));
  return prompts;
}

}  // namespace lidit::benchmarks

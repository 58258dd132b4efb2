#include "metrics/alignment/question_score.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "results/errors.h"
#include "results/statistics.h"

namespace lidit::benchmarks {
namespace {

DependencyRule rule_of(const Switches& switches) {
  const std::string& name = switches["dependency"];
  if (name == "none") return DependencyRule::none;
  return name == "direct" ? DependencyRule::direct : DependencyRule::cascade;
}

/// Values of questions, pooled over images under one name.
using Pools = std::map<std::string, ClusteredValues>;

void append_aggregates(const Pools& pools, std::vector<Aggregate>& aggregates) {
  for (const auto& [name, values] : pools) aggregates.push_back(values.aggregate(name));
}

double mean_of(std::span<const double> values) { return mean(values).value(); }

const QuestionItem& item_of(const QuestionGraph& graph, const ScoreSheet& sheet,
                            const GraphAnswers& answers) {
  return graph.items[static_cast<std::size_t>(sheet.number_of(answers.item, answers.where))];
}

ScoreSheet expect_items(const QuestionGraph& graph, std::int64_t images_per_prompt) {
  ScoreSheet sheet(images_per_prompt);
  for (const QuestionItem& item : graph.items) sheet.expect(item.id, "");
  return sheet;
}

std::vector<std::string> notes_of(const QuestionGraph& graph) {
  std::vector<std::string> notes;
  if (graph.unreadable_dependencies > 0)
    notes.push_back(fmt::format(
        "{} rows have words among their dependencies; their items are scored without any",
        graph.unreadable_dependencies));
  if (graph.unknown_parents > 0)
    notes.push_back(
        fmt::format("{} dependencies name questions that do not exist", graph.unknown_parents));
  return notes;
}

std::string category_of(const Question& question) {
  return question.detail.substr(0, question.detail.find(" -"));
}

/// What the published script drops without a word: the first row, and each item that then has a
/// question with a parent that does not exist (its exception is swallowed).
QuestionGraph skip_first_row(QuestionGraph graph, std::vector<std::string>& notes) {
  QuestionItem& first = graph.items.front();
  first.questions.erase(first.questions.begin());
  std::vector<std::string> dropped;
  std::erase_if(graph.items, [&](const QuestionItem& item) {
    const bool broken = item.questions.empty() ||
                        std::ranges::any_of(item.questions, [&](const Question& question) {
                          return std::ranges::any_of(question.parents, [&](std::int64_t parent) {
                            return item.find(parent) == item.questions.size();
                          });
                        });
    if (broken) dropped.push_back(item.id);
    return broken;
  });
  notes.push_back(fmt::format("the first row is skipped as in the published script{}{}",
                              dropped.empty() ? "" : "; it also loses the items ",
                              fmt::join(dropped, ", ")));
  return graph;
}

/// Items with all their tiles; those that have only some are named in a note.
std::vector<ImageScore> whole_items(const std::vector<ImageScore>& images, std::int64_t tiles,
                                    std::vector<std::string>& notes) {
  constexpr std::size_t kMostNamed = 10;
  std::map<std::int64_t, std::int64_t> counts;
  for (const ImageScore& image : images) ++counts[image.prompt_number];
  std::vector<ImageScore> whole;
  std::vector<std::string> partial;
  for (const ImageScore& image : images)
    if (counts[image.prompt_number] == tiles)
      whole.push_back(image);
    else if (partial.empty() || partial.back() != image.prompt)
      partial.push_back(image.prompt);
  const std::span named(partial.data(), std::min(partial.size(), kMostNamed));
  if (!partial.empty())
    notes.push_back(fmt::format("{} items with some of their tiles are left out: {}{}",
                                partial.size(), fmt::join(named, ", "),
                                named.size() < partial.size() ? ", ..." : ""));
  return whole;
}

/// What one tile was answered, before the dependencies.
struct TileAnswers {
  const QuestionItem* item;
  std::int64_t number, tile;
  std::vector<double> own;
};

/// Categories and details over the questions of the images that are scored.
void append_categories(const std::vector<TileAnswers>& tiles, bool last_tile_alone,
                       BenchmarkScore& score) {
  std::set<std::int64_t> scored;
  for (const ImageScore& image : score.images) scored.insert(image.prompt_number);
  Pools categories, details;
  for (const TileAnswers& tile : tiles) {
    const bool counts = !last_tile_alone || tile.tile == kDpgTiles - 1;
    if (!counts || !scored.contains(tile.number)) continue;
    for (std::size_t i = 0; i < tile.own.size(); ++i) {
      const Question& question = tile.item->questions[i];
      categories[category_of(question)].add(tile.own[i], tile.number);
      details[question.detail].add(tile.own[i], tile.number);
    }
  }
  append_aggregates(categories, score.aggregates);
  append_aggregates(details, score.aggregates);
}

/// What counts as yes of each question of the images that are scored.
void append_verdicts(const QuestionGraph& graph, BenchmarkScore& score) {
  std::map<std::string_view, const QuestionItem*> items;
  for (const QuestionItem& item : graph.items) items[item.id] = &item;
  for (const ImageScore& image : score.images) {
    const auto values = get<std::vector<double>>(image.evidence, "questions");
    for (std::size_t i = 0; i < values.size(); ++i)
      score.verdicts[{image_id(image.prompt, image.image),
                      items.at(image.prompt)->questions[i].id}] = values[i] == 1;
  }
}

}  // namespace

std::vector<double> own_answers(const QuestionItem& item, const GraphAnswers& answers) {
  for (const auto& [id, answer] : answers.answers)
    if (item.find(id) == item.questions.size())
      throw FileError(fmt::format("{}: item '{}' has no question {}", answers.where, item.id, id));
  std::vector<double> own;
  for (const Question& question : item.questions) {
    const auto answer = answers.answers.find(question.id);
    if (answer == answers.answers.end())
      throw FileError(fmt::format("{}: question {} of item '{}' has no answer", answers.where,
                                  question.id, item.id));
    own.push_back(answer->second == "yes" ? 1 : 0);
  }
  return own;
}

std::vector<double> resolve(const QuestionItem& item, std::span<const double> own,
                            DependencyRule rule) {
  std::vector<double> resolved(own.begin(), own.end());
  if (rule == DependencyRule::none) return resolved;
  const std::span<const double> of_parents = rule == DependencyRule::direct ? own : resolved;
  for (std::size_t i = 0; i < item.questions.size(); ++i) {
    for (const std::int64_t parent : item.questions[i].parents) {
      const std::size_t place = item.find(parent);
      if (place < item.questions.size() && of_parents[place] == 0) resolved[i] = 0;
    }
  }
  return resolved;
}

std::span<const Switch> dsg_switches() {
  static const std::vector<Switch> switches = {
      {"dependency", "when a yes counts as no", {"direct", "cascade", "none"}}};
  return switches;
}

std::span<const Switch> dpg_switches() {
  static const std::vector<Switch> switches = {
      {"first_row", "whether the first question of the file counts", {"keep", "skip"}},
      {"categories", "which tiles make the categories", {"all-tiles", "last-tile"}},
      {"dependency", "when a yes counts as no", {"cascade", "direct", "none"}}};
  return switches;
}

std::span<const SwitchPreset> dpg_presets() {
  static const std::vector<SwitchPreset> presets = {
      {"official",
       {{"first_row", "skip"}, {"categories", "last-tile"}, {"dependency", "cascade"}}}};
  return presets;
}

BenchmarkScore score_dsg(const QuestionGraph& graph, const GraphAnswerSheet& answers,
                         const Switches& switches, Missing missing, std::string_view where) {
  ScoreSheet sheet = expect_items(graph, 1);
  Pools categories;
  for (const GraphAnswers& image : answers.images) {
    const QuestionItem& item = item_of(graph, sheet, image);
    const auto values = resolve(item, own_answers(item, image), rule_of(switches));
    const std::int64_t number = sheet.number_of(item.id, image.where);
    sheet.enter(item.id, image.image, mean_of(values), {{"questions", values}}, image.where);
    for (std::size_t i = 0; i < values.size(); ++i)
      categories[item.questions[i].category].add(values[i], number);
  }
  BenchmarkScore score{.images = sheet.finish(missing, where),
                       .settings = switches.fields(),
                       .notes = notes_of(graph),
                       .expected = sheet.expected()};
  append_verdicts(graph, score);
  score.aggregates = {aggregate_images("overall", score.images)};
  append_aggregates(categories, score.aggregates);
  check_claims(answers.claims, score, 100, where);
  return score;
}

BenchmarkScore score_dpg(const QuestionGraph& whole, const GraphAnswerSheet& answers,
                         const Switches& switches, Missing missing, std::string_view where) {
  const ScoreSheet all_items = expect_items(whole, kDpgTiles);
  std::vector<std::string> notes = notes_of(whole);
  const bool skip = switches["first_row"] == "skip";
  const QuestionGraph graph = skip ? skip_first_row(whole, notes) : whole;
  ScoreSheet sheet = expect_items(graph, kDpgTiles);
  std::map<std::string, const QuestionItem*> kept;
  for (const QuestionItem& item : graph.items) kept[item.id] = &item;
  std::vector<TileAnswers> tiles;
  for (GraphAnswers image : answers.images) {
    const QuestionItem& full = item_of(whole, all_items, image);
    own_answers(full, image);  // refuses what does not fit the whole file
    if (!kept.contains(image.item)) continue;
    const QuestionItem& item = *kept.at(image.item);
    std::erase_if(image.answers, [&](const auto& answer) {
      return item.find(answer.first) == item.questions.size();
    });
    std::vector<double> own = own_answers(item, image);
    const auto values = resolve(item, own, rule_of(switches));
    sheet.enter(item.id, image.image, mean_of(values), {{"questions", values}}, image.where);
    tiles.push_back({.item = &item,
                     .number = sheet.number_of(item.id, image.where),
                     .tile = image.image,
                     .own = std::move(own)});
  }
  BenchmarkScore score{.images = whole_items(sheet.finish(missing, where), kDpgTiles, notes),
                       .settings = switches.fields(),
                       .notes = std::move(notes),
                       .expected = sheet.expected()};
  if (score.images.empty())
    throw UserError(fmt::format("{}: no item has all its {} tiles", where, kDpgTiles));
  append_verdicts(graph, score);
  score.aggregates = {aggregate_images("overall", score.images)};
  append_categories(tiles, switches["categories"] == "last-tile", score);
  check_claims(answers.claims, score, 100, where);
  return score;
}

}  // namespace lidit::benchmarks

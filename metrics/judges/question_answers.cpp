#include "metrics/judges/question_answers.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace lidit::benchmarks {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostTiles = 1'000'000;

GraphAnswers parse_image_answers(const json& line, std::string_view place) {
  GraphAnswers image{.where = std::string(place), .item = text_member(line, "item_id", place)};
  if (line.contains("tile")) image.image = count_member(line, "tile", kMostTiles, place);
  const json& answers = member(line, "answers", place);
  if (!answers.is_object())
    throw FileError(fmt::format("{}: 'answers' should be texts by proposition_id", place));
  for (const auto& [key, answer] : answers.items()) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    const bool canonical = error == std::errc() && std::to_string(id) == key;
    if (!canonical || !answer.is_string())
      throw FileError(
          fmt::format("{}: 'answers' should be texts by proposition_id, not '{}'", place, key));
    image.answers.emplace(id, answer.get<std::string>());
  }
  return image;
}

}  // namespace

GraphAnswerSheet parse_graph_answers(std::string_view text, std::string_view where) {
  GraphAnswerSheet sheet;
  sheet.claims = for_each_judgement(text, where, [&](const json& line, std::string_view place) {
    sheet.images.push_back(parse_image_answers(line, place));
  });
  return sheet;
}

ChoiceAnswerSheet parse_choice_answers(std::string_view text, std::string_view where) {
  ChoiceAnswerSheet sheet;
  sheet.claims = for_each_judgement(text, where, [&](const json& line, std::string_view place) {
    sheet.captions.push_back({.where = std::string(place),
                              .caption = text_member(line, "id", place),
                              .answers = texts_member(line, "answers", place)});
  });
  return sheet;
}

PromptScoreSheet parse_prompt_scores(std::string_view text, std::string_view where) {
  PromptScoreSheet sheet;
  sheet.claims = for_each_judgement(text, where, [&](const json& line, std::string_view place) {
    PromptScore score{
        .where = std::string(place),
        .prompt = text_member(line, "id", place),
        .value = number_between(member(line, "score", place), 0, 1, "'score'", place)};
    if (line.contains("model")) score.system = text_member(line, "model", place);
    sheet.scores.push_back(std::move(score));
  });
  return sheet;
}

}  // namespace lidit::benchmarks

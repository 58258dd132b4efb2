#include "metrics/prompts/tifa_questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "metrics/prompts/json_lines.h"

namespace lidit::benchmarks {

std::vector<TifaCaption> parse_tifa(std::string_view text, std::string_view where) {
  std::vector<TifaCaption> captions;
  std::map<std::string, std::size_t> places;
  for_each_json_object(text, where, [&](const nlohmann::json& entry, std::string_view place) {
    const std::string id = text_member(entry, "id", place);
    const std::string caption = text_member(entry, "caption", place);
    TifaQuestion question{.text = text_member(entry, "question", place),
                          .choices = texts_member(entry, "choices", place),
                          .answer = text_member(entry, "answer", place),
                          .type = text_member(entry, "element_type", place)};
    if (std::ranges::find(question.choices, question.answer) == question.choices.end())
      throw FileError(
          fmt::format("{}: the answer '{}' is none of the choices", place, question.answer));
    const auto [known, is_new] = places.emplace(id, captions.size());
    if (is_new) captions.push_back({.id = id, .caption = caption, .questions = {}});
    TifaCaption& owner = captions[known->second];
    if (owner.caption != caption)
      throw FileError(fmt::format("{}: '{}' has two captions", place, id));
    if (std::ranges::find(owner.questions, question.text, &TifaQuestion::text) !=
        owner.questions.end())
      throw FileError(fmt::format("{}: '{}' is asked twice of '{}'", place, question.text, id));
    owner.questions.push_back(std::move(question));
  });
  if (captions.empty()) throw FileError(fmt::format("{}: no questions", where));
  return captions;
}

}  // namespace lidit::benchmarks

#include "metrics/alignment/score_sheet.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "results/errors.h"

namespace lidit::benchmarks {
namespace {

constexpr std::size_t kMostNamed = 10;

}  // namespace

void ScoreSheet::expect(std::string_view prompt, std::string_view category) {
  if (!numbers_.emplace(prompt, std::ssize(prompts_)).second)
    throw std::logic_error(fmt::format("prompt '{}' is expected twice", prompt));
  prompts_.push_back({.id = std::string(prompt), .category = std::string(category), .images = {}});
  prompts_.back().images.resize(static_cast<std::size_t>(images_per_prompt_));
}

std::int64_t ScoreSheet::number_of(std::string_view prompt, std::string_view where) const {
  const auto found = numbers_.find(prompt);
  if (found == numbers_.end())
    throw FileError(fmt::format("{}: '{}' is no prompt of this benchmark", where, prompt));
  return found->second;
}

void ScoreSheet::enter(std::string_view prompt, std::int64_t image, double value, Fields evidence,
                       std::string_view where) {
  const std::int64_t number = number_of(prompt, where);
  Prompt& owner = prompts_[static_cast<std::size_t>(number)];
  if (image < 0 || image >= images_per_prompt_)
    throw FileError(fmt::format("{}: image {} of prompt '{}', where images are 0 to {}", where,
                                image, prompt, images_per_prompt_ - 1));
  if (!(value >= 0 && value <= 1))
    throw FileError(
        fmt::format("{}: the score {} of prompt '{}' is not in 0..1", where, value, prompt));
  auto& place = owner.images[static_cast<std::size_t>(image)];
  if (place)
    throw FileError(
        fmt::format("{}: image {} of prompt '{}' is judged twice", where, image, prompt));
  place = ImageScore{.prompt = owner.id,
                     .category = owner.category,
                     .prompt_number = number,
                     .image = image,
                     .value = value,
                     .evidence = std::move(evidence)};
}

std::vector<std::string> ScoreSheet::missing() const {
  std::vector<std::string> missing;
  for (const Prompt& prompt : prompts_)
    for (std::size_t image = 0; image < prompt.images.size(); ++image)
      if (!prompt.images[image]) missing.push_back(fmt::format("{} #{}", prompt.id, image));
  return missing;
}

std::vector<ImageScore> ScoreSheet::finish(Missing allowed, std::string_view where) const {
  const std::vector<std::string> gaps = missing();
  if (std::ssize(gaps) == expected())
    throw UserError(fmt::format("{}: no image of this benchmark is judged", where));
  if (!gaps.empty() && allowed == Missing::refuse)
    throw UserError(fmt::format("{}: {}; --allow-missing scores the rest and marks the score",
                                where, describe_missing(gaps, expected())));
  std::vector<ImageScore> scores;
  for (const Prompt& prompt : prompts_)
    for (const auto& image : prompt.images)
      if (image) scores.push_back(*image);
  return scores;
}

std::string name_some(const std::vector<std::string>& names) {
  const std::span named(names.data(), std::min(names.size(), kMostNamed));
  return fmt::format("{}{}", fmt::join(named, ", "), named.size() < names.size() ? ", ..." : "");
}

std::string describe_missing(const std::vector<std::string>& missing, std::int64_t expected) {
  return fmt::format("{} of {} images are missing: {}", missing.size(), expected,
                     name_some(missing));
}

}  // namespace lidit::benchmarks

#include "metrics/probes/sets/plan.h"

namespace lidit::probes {

std::int64_t Plan::add_prompt(const std::string& text) {
  const auto [place, is_new] = numbers_.emplace(text, std::ssize(prompts_));
  if (is_new) prompts_.push_back(text);
  return place->second;
}

std::int64_t Plan::ask(std::int64_t prompt, ByteRange range) {
  requests_.push_back({prompt, range});
  return std::ssize(requests_) - 1;
}

std::int64_t Plan::ask_pooled(std::int64_t prompt) {
  const std::string& text = prompts_.at(static_cast<std::size_t>(prompt));
  return ask(prompt, {0, static_cast<std::int64_t>(text.size())});
}

std::vector<std::int64_t> Plan::ask_segments(const Sentence& sentence) {
  const std::int64_t prompt = add_prompt(sentence.text);
  std::vector<std::int64_t> segments;
  for (const Mention& mention : sentence.mentions) segments.push_back(ask(prompt, mention.segment));
  return segments;
}

}  // namespace lidit::probes

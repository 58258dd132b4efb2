#include "metrics/probes/sets/sentence.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace lidit::probes {
namespace {

/// Written with a vowel first, spoken with a consonant.
constexpr std::array<std::string_view, 5> kSpokenWithConsonant = {"uni", "use", "uku", "euro",
                                                                  "one"};

ByteRange append(std::string& text, std::string_view words) {
  const auto begin = static_cast<std::int64_t>(text.size());
  text += words;
  return {begin, static_cast<std::int64_t>(text.size())};
}

/// Appends one pair without its article.
Mention append(std::string& text, const Pair& pair, Attribute attribute) {
  Mention mention;
  if (attribute == Attribute::prenominal) {
    mention.adjective = append(text, pair.adjective);
    text += ' ';
    mention.noun = append(text, pair.noun);
    mention.segment = {mention.adjective.begin, mention.noun.end};
  } else {
    mention.noun = append(text, pair.noun);
    text += " that is ";
    mention.adjective = append(text, pair.adjective);
    mention.segment = {mention.noun.begin, mention.adjective.end};
  }
  return mention;
}

/// What stands before pair `i` of `count`.
std::string_view joint(std::size_t i, std::size_t count, Listing listing) {
  if (i == 0) return "";
  const bool has_and = i + 1 == count && listing == Listing::and_before_last;
  if (!has_and) return ", ";
  return count == 2 ? " and " : ", and ";
}

}  // namespace

std::string_view article_of(std::string_view word) {
  for (const std::string_view start : kSpokenWithConsonant)
    if (word.starts_with(start)) return "a";
  const bool vowel =
      !word.empty() && std::string_view("aeiou").find(word.front()) != std::string_view::npos;
  return vowel || word.starts_with("hour") || word.starts_with("honest") ? "an" : "a";
}

Sentence list_pairs(std::span<const Pair> pairs, const SentenceStyle& style) {
  if (pairs.empty()) throw std::logic_error("a sentence of no pairs");
  Sentence sentence;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Pair& pair = pairs[i];
    const bool adjective_first = style.attribute == Attribute::prenominal;
    std::string article(article_of(adjective_first ? pair.adjective : pair.noun));
    if (i == 0) article.front() = 'A';
    sentence.text += fmt::format("{}{} ", joint(i, pairs.size(), style.listing), article);
    sentence.mentions.push_back(append(sentence.text, pair, style.attribute));
  }
  sentence.text += '.';
  return sentence;
}

}  // namespace lidit::probes

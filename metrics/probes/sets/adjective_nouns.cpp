#include "metrics/probes/sets/adjective_nouns.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "metrics/prompts/compbench_prompts.h"

namespace lidit::probes {
namespace {

constexpr std::array<std::string_view, 3> kCategories = {"color", "shape", "texture"};
constexpr std::array<std::string_view, 2> kSplits = {"train", "val"};

bool is_plain_word(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// "a ADJECTIVE NOUN".
std::optional<Pair> parse_pair(std::string_view phrase) {
  std::istringstream words{std::string(phrase)};
  std::string article, rest;
  Pair pair;
  if (!(words >> article >> pair.adjective >> pair.noun) || words >> rest) return std::nullopt;
  const bool has_article = article == "a" || article == "an";
  if (!has_article || !is_plain_word(pair.adjective) || !is_plain_word(pair.noun))
    return std::nullopt;
  return pair;
}

std::vector<std::string> in_order(const std::vector<Pair>& pairs, std::string Pair::*word) {
  std::set<std::string> words;
  for (const Pair& pair : pairs) words.insert(pair.*word);
  return {words.begin(), words.end()};
}

}  // namespace

std::vector<std::string> PairCategory::adjectives() const {
  return in_order(pairs, &Pair::adjective);
}

std::vector<std::string> PairCategory::nouns() const { return in_order(pairs, &Pair::noun); }

std::vector<Pair> pairs_of_prompt(std::string_view prompt) {
  constexpr std::string_view kAnd = " and ";
  const std::size_t middle = prompt.find(kAnd);
  if (middle == std::string_view::npos) return {};
  const auto first = parse_pair(prompt.substr(0, middle));
  const auto second = parse_pair(prompt.substr(middle + kAnd.size()));
  if (!first || !second) return {};
  return {*first, *second};
}

std::vector<PairCategory> load_pair_categories(const std::filesystem::path& folder) {
  std::vector<PairCategory> categories;
  for (const std::string_view name : kCategories) {
    std::map<std::string, std::set<std::string>> nouns;  // by adjective
    for (const std::string_view split : kSplits)
      for (const std::string& prompt : benchmarks::load_compbench(folder, name, split))
        for (const Pair& pair : pairs_of_prompt(prompt)) nouns[pair.adjective].insert(pair.noun);
    PairCategory& category = categories.emplace_back();
    category.name = name;
    for (const auto& [adjective, of_adjective] : nouns) {
      if (std::ssize(of_adjective) < kLeastNouns) continue;
      for (const std::string& noun : of_adjective) category.pairs.push_back({adjective, noun});
    }
  }
  return categories;
}

}  // namespace lidit::probes

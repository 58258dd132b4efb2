#include "encoders/text/byte_level_bpe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace lidit {
namespace {

std::vector<std::int32_t> ids_of(const ByteLevelBpe& model, std::string_view text) {
  std::vector<Token> tokens;
  model.encode(text, true, tokens);
  std::vector<std::int32_t> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

using Merges = std::vector<std::pair<std::string, std::string>>;

Vocabulary vocabulary_of(const std::vector<std::string>& tokens) {
  Vocabulary vocabulary;
  for (const std::string& token : tokens)
    vocabulary.emplace(token, static_cast<std::int32_t>(vocabulary.size()));
  return vocabulary;
}

/// By definition: again and again the leftmost pair of the lowest rank.
std::vector<std::string> merge_by_definition(std::string_view text, const Merges& merges) {
  std::vector<std::string> symbols;
  for (const char c : text) symbols.emplace_back(1, c);
  while (true) {
    std::size_t best = merges.size(), place = 0;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      const auto rank = static_cast<std::size_t>(
          std::find(merges.begin(), merges.end(), std::pair(symbols[i], symbols[i + 1])) -
          merges.begin());
      if (rank < best) best = rank, place = i;
    }
    if (best == merges.size()) return symbols;
    symbols[place] += symbols[place + 1];
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
}

TEST(ByteLevelBpe, MergesAsTheDefinitionSaysOnRandomWordsAndMerges) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> tokens{"a", "b", "c"};
    Merges merges;
    while (tokens.size() < 20) {
      const auto& left = tokens[random() % tokens.size()];
      const auto& right = tokens[random() % tokens.size()];
      const std::pair merge(left, right);
      if (std::find(merges.begin(), merges.end(), merge) != merges.end()) continue;
      merges.push_back(merge);
      const std::string joined = left + right;
      if (std::find(tokens.begin(), tokens.end(), joined) == tokens.end()) tokens.push_back(joined);
    }
    const Vocabulary vocabulary = vocabulary_of(tokens);
    const ByteLevelBpe model(
        {vocabulary, merges, PreTokenizer(std::vector<SplitPattern>{}), false, ""}, "test");
    for (int word = 0; word < 20; ++word) {
      std::string text(random() % 30, 'a');
      for (char& c : text) c = static_cast<char>('a' + random() % 3);
      std::vector<std::int32_t> expected;
      for (const auto& symbol : merge_by_definition(text, merges))
        expected.push_back(*find_id(vocabulary, symbol));
      EXPECT_EQ(ids_of(model, text), expected) << text;
    }
  }
}

// Quadratic merging of this would take minutes.
TEST(ByteLevelBpe, EncodesALongTextWithoutSpaces) {
  Merges merges;
  std::vector<std::string> tokens{"a"};
  for (std::string token = "a"; token.size() < 512; token += token) {
    merges.emplace_back(token, token);
    tokens.push_back(token + token);
  }
  const ByteLevelBpe model(
      {vocabulary_of(tokens), merges, PreTokenizer(std::vector{KnownPattern::llama3}), false, ""},
      "test");
  const auto ids = ids_of(model, std::string(1 << 20, 'a'));
  EXPECT_EQ(ids, std::vector<std::int32_t>(2048, 9));
}

TEST(PreTokenizer, SplitsLongRunsOfOneKindOfCharacter) {
  for (const KnownPattern pattern :
       {KnownPattern::gpt2, KnownPattern::llama3, KnownPattern::qwen2, KnownPattern::o200k,
        KnownPattern::tekken, KnownPattern::digits})
    for (const std::string unit : {" ", "\n", "\r\n", "1", "!", "\u00e9", " \n", "'"}) {
      std::string text;
      while (text.size() < 200000) text += unit;
      std::string joined;
      for (const auto piece : PreTokenizer(std::vector{pattern}).split(text)) joined += piece;
      EXPECT_TRUE(joined == text);
    }
}

}  // namespace
}  // namespace lidit

// Encoders that are known through and through: every word has a vector, and what a token's state
// takes from other words is written down.
#pragma once
#include <ATen/ATen.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "metrics/probes/token_states.h"
#include "results/philox.h"

namespace lidit::probes {

inline constexpr std::int64_t kSyntheticWidth = 64;

/// The same vector wherever the word stands, and in whatever case.
inline Tensor word_vector(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::vector<float> values(kSyntheticWidth);
  Philox(0, "word " + word).fill_normal(values);
  return at::tensor(values).to(at::kDouble);
}

struct Words {
  std::vector<std::string> words;
  std::vector<std::int64_t> spans;  // begin and end of each
};

/// Words and punctuation marks.
inline Words words_of(const std::string& text) {
  Words found;
  for (std::size_t begin = 0; begin < text.size();) {
    if (text[begin] == ' ') {
      ++begin;
      continue;
    }
    std::size_t end = begin + 1;
    const auto is_letter = [&](std::size_t i) {
      return std::isalpha(static_cast<unsigned char>(text[i])) != 0;
    };
    while (is_letter(begin) && end < text.size() && is_letter(end)) ++end;
    found.words.push_back(text.substr(begin, end - begin));
    found.spans.insert(found.spans.end(),
                       {static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)});
    begin = end;
  }
  return found;
}

/// The same, cut every three letters: unequal numbers of tokens a word.
inline Words pieces_of(const std::string& text) {
  constexpr std::int64_t kLetters = 3;
  const Words whole = words_of(text);
  Words pieces;
  for (std::size_t i = 0; i < whole.words.size(); ++i)
    for (std::int64_t begin = whole.spans[2 * i]; begin < whole.spans[2 * i + 1];
         begin += kLetters) {
      const std::int64_t end = std::min(begin + kLetters, whole.spans[2 * i + 1]);
      pieces.words.push_back(
          text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
      pieces.spans.insert(pieces.spans.end(), {begin, end});
    }
  return pieces;
}

/// The states (T,D) of a prompt from the vectors (T,D) of its words.
using Contextualize = std::function<Tensor(const Tensor& words)>;

inline EncodeTokens synthetic_encoder(const Contextualize& contextualize,
                                      Words (*split)(const std::string&) = words_of) {
  return [contextualize, split](std::span<const std::string> prompts) {
    std::vector<Tensor> states, spans;
    std::vector<std::int64_t> offsets = {0};
    for (const std::string& prompt : prompts) {
      const Words words = split(prompt);
      std::vector<Tensor> vectors;
      for (const std::string& word : words.words) vectors.push_back(word_vector(word));
      states.push_back(contextualize(at::stack(vectors)));
      spans.push_back(at::tensor(words.spans, at::kLong).view({-1, 2}));
      offsets.push_back(offsets.back() + std::ssize(words.words));
    }
    return TokenStates{at::cat(states), at::tensor(offsets, at::kLong), at::cat(spans)};
  };
}

/// Each word's vector and, one after the other so that what is not seen changes no rounding, those
/// of the words that `sees` (T,T) lets it see, over the root of their distance.
inline Tensor add_seen(const Tensor& words, const Tensor& sees) {
  const Tensor place = at::arange(words.size(0), at::kDouble);
  const Tensor distance = (place.unsqueeze(1) - place).abs().clamp_min(1);
  const Tensor weights = sees.to(at::kDouble) / distance.sqrt();  // (T,T)
  Tensor states = words.clone();
  for (std::int64_t s = 0; s < words.size(0); ++s)
    states += weights.select(1, s).unsqueeze(1) * words[s];
  return states;
}

inline Tensor context_free(const Tensor& words) { return words; }
inline Tensor causal(const Tensor& words) {
  return add_seen(words, at::ones({words.size(0), words.size(0)}).tril(-1));
}
inline Tensor anticausal(const Tensor& words) {
  return add_seen(words, at::ones({words.size(0), words.size(0)}).triu(1));
}
inline Tensor symmetric(const Tensor& words) { return add_seen(words, 1 - at::eye(words.size(0))); }
/// The word and the one before it: a noun behind its adjective knows that and no other.
inline Tensor previous_word(const Tensor& words) {
  Tensor states = words.clone();
  states.slice(0, 1) += words.slice(0, 0, words.size(0) - 1);
  return states;
}
/// Words alone, but that every fourth, the nouns of "a red car and a blue dog", is one with the
/// word before it.
inline Tensor bound_nouns(const Tensor& words) {
  Tensor states = words.clone();
  for (std::int64_t t = 2; t < words.size(0); t += 4) states[t] = words[t] * words[t - 1];
  return states;
}
/// Every word is another one in another place.
inline Tensor placed_words(const Tensor& words) {
  Tensor states = words.clone();
  for (std::int64_t t = 0; t < words.size(0); ++t)
    states[t] *= word_vector("place " + std::to_string(t));
  return states;
}
/// The word and the third after it: behind a noun and its comma, the next adjective.
inline Tensor next_adjective(const Tensor& words) {
  Tensor states = words.clone();
  const std::int64_t reach = std::max<std::int64_t>(words.size(0) - 3, 0);
  states.slice(0, 0, reach) += words.slice(0, words.size(0) - reach);
  return states;
}
/// Hardly the word, but where it stands.
inline Tensor positional(const Tensor& words) {
  std::vector<Tensor> states;
  for (std::int64_t t = 0; t < words.size(0); ++t)
    states.push_back(1e-3 * words[t] + word_vector("place " + std::to_string(t)));
  return at::stack(states);
}

/// Leaves states as they are.
inline Standardization no_standardization() {
  return {at::zeros({kSyntheticWidth}, at::kDouble), at::ones({kSyntheticWidth}, at::kDouble)};
}

}  // namespace lidit::probes

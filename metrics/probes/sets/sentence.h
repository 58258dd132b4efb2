// Prompts that list things with one attribute each, and where in the text each of them stands.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lidit::probes {

/// "red", "car".
struct Pair {
  std::string adjective, noun;
  bool operator==(const Pair&) const = default;
};

/// Bytes begin..end of a prompt.
struct ByteRange {
  std::int64_t begin = 0, end = 0;
  bool operator==(const ByteRange&) const = default;
};

/// Where a pair stands; the article is no part of the segment, so that the first one does not begin
/// with the first token of the prompt, which is an attention sink.
struct Mention {
  ByteRange segment, adjective, noun;
};

enum class Listing {
  and_before_last,  // "A red car, a blue dog, and a gold clock.": "and" marks the last slot
  commas_only,      // "A red car, a blue dog, a gold clock."
};

enum class Attribute {
  prenominal,   // "a red car"
  postnominal,  // "a car that is red": a causal model's noun cannot know it
};

struct SentenceStyle {
  Listing listing = Listing::and_before_last;
  Attribute attribute = Attribute::prenominal;
};

struct Sentence {
  std::string text;
  std::vector<Mention> mentions;  // in the order of the pairs
};

/// The pairs as one sentence; at least one.
Sentence list_pairs(std::span<const Pair> pairs, const SentenceStyle& style = {});

/// "a" or "an", as the word is pronounced.
std::string_view article_of(std::string_view word);

}  // namespace lidit::probes

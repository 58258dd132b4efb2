// The attributes and nouns of T2I-CompBench as pairs: what probes of position are made of.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/probes/sets/sentence.h"
#include "results/errors.h"

namespace lidit::probes {

/// The pairs of one kind of attribute, ordered by adjective and noun, each once.
struct PairCategory {
  std::string name;  // "color", "shape", "texture"
  std::vector<Pair> pairs;

  /// Ordered; each once.
  std::vector<std::string> adjectives() const;
  std::vector<std::string> nouns() const;
};

/// Adjectives with fewer nouns are left out: slips of the prompts ("wooden" among the colours) and
/// attributes too rare for a probe to be trained on.
inline constexpr std::int64_t kLeastNouns = 4;

/// The pairs of prompts "a ADJECTIVE NOUN and a ADJECTIVE NOUN" of single words in lower-case
/// letters; any other prompt gives none.
std::vector<Pair> pairs_of_prompt(std::string_view prompt);

/// Colour, shape and texture from the training and validation prompts in `folder`, laid out as
/// published. FileError when a file is absent or broken.
std::vector<PairCategory> load_pair_categories(const std::filesystem::path& folder);

}  // namespace lidit::probes

// SentencePiece's compiled normalisation rules ("precompiled_charsmap"): a double-array trie from
// byte strings to their replacements.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/normalizer.h"

namespace lidit {

class CharacterMap {
 public:
  /// Throws FileError, beginning with `where`, on a map that is cut off or gives text that is not
  /// UTF-8.
  CharacterMap(std::string_view blob, std::string_view where);

  struct Match {
    std::size_t size;              // bytes of the text
    std::string_view replacement;  // valid as long as the map
  };
  /// The longest and the shortest rule that the text begins with.
  std::optional<Match> longest_match(std::string_view text) const;
  std::optional<Match> shortest_match(std::string_view text) const;

 private:
  template <class Found>
  void for_each_prefix(std::string_view text, Found found) const;

  std::vector<std::uint32_t> units_;
  std::string replacements_;  // each ends with a zero byte
};

/// The map as tokenizer.json applies it: a grapheme of less than six bytes as a whole, by the
/// shortest rule that it begins with; where there is none, its characters one by one.
class Precompiled final : public Normalizer {
 public:
  explicit Precompiled(CharacterMap map) : map_(std::move(map)) {}
  void apply(AlignedText& text) const override;

 private:
  CharacterMap map_;
};

}  // namespace lidit

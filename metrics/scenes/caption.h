// A caption: a text and what it claims, object by object.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/scenes/preset.h"
#include "metrics/scenes/scene.h"
#include "metrics/scenes/structures.h"

namespace lidit::scenes {

/// Bytes begin..end-1 of the text.
struct Span {
  std::int64_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

/// The place in the text where one attribute of one claim is said.
struct Word {
  Attribute attribute;
  Span span;
  bool operator==(const Word&) const = default;
};

/// What a caption says of one object, or of `count` objects that are alike. What it leaves open is
/// free. Claims stand in caption order: claim i is the i-th that the text mentions.
struct Claim {
  std::array<std::optional<int>, kAttributes> wanted;  // by Attribute
  int count = 1;
  bool counted = false;        // the text has a number word, so that more or fewer are wrong
  std::vector<Span> mentions;  // every phrase about it, in the text's order
  std::vector<Word> words;     // every stated attribute, in the text's order

  const std::optional<int>& operator[](Attribute attribute) const {
    return wanted[number(attribute)];
  }
  /// Whether an object is everything that was said of one.
  bool holds(const Object& object) const;
};

/// "claim `subject` is left of claim `object`"; kinds as in lexicon.h.
struct Relation {
  int subject = 0, object = 1, kind = 0;
};
/// Left of: in a column further left, and further apart in columns than in rows; and so on.
bool relation_holds(const Preset& preset, int kind, int subject_place, int object_place);

struct Caption {
  std::string text;
  std::string structure;  // "postnominal-3"
  Category category = Category::complex;
  std::vector<Claim> claims;
  std::vector<Relation> relations;
};

/// The wordings chosen for one claim, by Attribute; empty where nothing is stated.
using WordChoice = std::array<std::string_view, kAttributes>;

/// Fills a structure with claims (their mentions and words are set) and chosen words.
/// `relation` is the wording between neighbours, for the structures that have one.
/// Throws std::logic_error when the structure asks for what no claim states.
Caption write_caption(const Structure& structure, std::vector<Claim> claims,
                      std::span<const WordChoice> words, std::string_view relation);

/// Objects in plain words, everything stated: "a red circle in the top left and a blue square in
/// the bottom right"; "nothing" for none.
std::string in_words(const Preset& preset, std::span<const Object> objects);

/// One line of JSON, claims and relations by the names of their concepts.
std::string to_json(const Preset& preset, std::span<const Claim> claims);
std::string to_json(std::span<const Relation> relations);

}  // namespace lidit::scenes

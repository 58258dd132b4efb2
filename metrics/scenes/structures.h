// Sentence structures: ten families of six, one of each family in every group. A fold trains on
// some groups, tunes on one and tests on another.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "metrics/scenes/preset.h"

namespace lidit::scenes {

inline constexpr int kGroups = 6;

/// One run over the objects: `item` for each, separated. Placeholders, filled from a claim:
///   {a}           article, or the number word of a counted claim; the next word decides "a" or
///   "an" {adjectives}  size, texture and colour, as far as stated: "small striped red" {qualities}
///   the same as a predicate: "small, striped and red" {shape}       the noun, plural when there
///   are several {np}          {a} {adjectives} {shape} {place}       the prepositional phrase
///   {colour}      the colour alone
///   {first}       ordinal in the caption; {number} the cardinal
///   {relation}    (in separators) how the object before stands to the one after
/// Sentences get a capital; a text that does not end in a period starts without one.
struct Pass {
  std::string_view before, item, separator, last_separator, after;
};

/// What must be unique among the objects so that the sentence has one reading.
enum class Unique { nothing, shapes, colours };

struct Structure {
  Family family;
  int group;  // 0..kGroups-1, its number within the family
  int least_objects;
  Unique unique;
  std::vector<Pass> passes;
};

/// All, by family, then group.
std::span<const Structure> structures();
/// "postnominal-3", counted from 1.
std::string structure_name(const Structure& structure);

/// Train, dev or test: of scenes and of structures.
enum class Part { train, dev, test };
/// Whether a group of structures is of a part under a fold (0..kGroups-1): group `fold` is test,
/// the next one dev, the `training_groups` (1..4) after those train; the others rest.
bool belongs(int group, Part part, int fold, int training_groups);

}  // namespace lidit::scenes

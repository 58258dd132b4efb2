// Words for concepts: several wordings each, some of them kept from training.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/scenes/scene.h"

namespace lidit::scenes {

/// Training and held-out wordings of one concept share no word except function words ("in the"),
/// no held-out wording occurs among the training wordings of any concept, and every held-out
/// wording is one token, or two, for byte-level BPE and WordPiece vocabularies alike.
struct Wordings {
  Attribute attribute;
  std::string_view concept_name;
  std::vector<std::string_view> training, held_out;
};

std::span<const Wordings> lexicon();
/// Throws std::logic_error when the lexicon has no such concept.
const Wordings& wordings(Attribute attribute, std::string_view concept_name);

/// A made-up word in the place of the wording, always the same for the same one and another for
/// every other; what a place stands behind ("in the") stays. Throws std::logic_error when the
/// lexicon has no such wording.
std::string_view nonsense(std::string_view wording);

/// How one thing stands to another on the grid, by subject: "left of", "right of", "above",
/// "below".
inline constexpr int kRelations = 4;
std::span<const std::string_view> relation_wordings(int relation);
std::string_view relation_name(int relation);

/// "circle" -> "circles", "box" -> "boxes".
std::string plural(std::string_view noun);
/// "one".."nine" and "first".."ninth" for 1..9.
std::string_view cardinal(int n);
std::string_view ordinal(int n);

}  // namespace lidit::scenes

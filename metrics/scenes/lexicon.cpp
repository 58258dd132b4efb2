#include "metrics/scenes/lexicon.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

namespace lidit::scenes {
namespace {

using enum Attribute;

const std::array<std::array<std::string_view, 3>, kRelations> kRelationWords = {
    {{"left of", "to the left of", "left of"},
     {"right of", "to the right of", "right of"},
     {"above", "above", "over"},
     {"below", "below", "under"}}};

// Every pair is a word: no vocabulary has one of them whole, and no two share both halves.
constexpr std::array<std::string_view, 16> kHeads = {"bla", "dre", "fli", "glo", "kru", "mez",
                                                     "nov", "pri", "sko", "tru", "vam", "zel",
                                                     "hab", "jun", "wid", "qua"};
constexpr std::array<std::string_view, 9> kTails = {"fip", "gox", "kam", "lud", "neb",
                                                    "pok", "tav", "rit", "zem"};

/// The made-up word of number i: neighbours share neither half.
std::string made_up(std::size_t i) {
  if (i >= kHeads.size() * kTails.size())
    throw std::logic_error("the lexicon has more wordings than there are made-up words");
  const std::size_t row = i / kHeads.size();
  return fmt::format("{}{}", kHeads[i % kHeads.size()], kTails[(i + row) % kTails.size()]);
}

/// "in the " of "in the top left"; nothing of a word that says no place.
std::string_view preposition(const Wordings& entry, std::string_view wording) {
  if (entry.attribute != place) return "";
  const auto article = wording.find(" the ");
  return wording.substr(0, article + std::string_view(" the ").size());
}

std::map<std::string_view, std::string> make_nonsense() {
  std::map<std::string_view, std::string> words;
  for (const Wordings& entry : lexicon())
    for (const auto& list : {entry.training, entry.held_out})
      for (const auto wording : list)
        words.emplace(wording,
                      fmt::format("{}{}", preposition(entry, wording), made_up(words.size())));
  return words;
}

}  // namespace

std::span<const Wordings> lexicon() {
  static const std::vector<Wordings> table = {
      {shape, "circle", {"circle", "disc"}, {"ball"}},
      {shape, "square", {"square", "box"}, {"block"}},
      {shape, "triangle", {"triangle", "pyramid"}, {"wedge"}},
      {shape, "ring", {"ring", "hoop"}, {"loop"}},
      {shape, "cross", {"cross", "X"}, {"crucifix"}},
      {shape, "crescent", {"crescent", "moon"}, {"sickle"}},
      {shape, "bar", {"bar", "stick"}, {"rod"}},
      {colour, "red", {"red", "crimson"}, {"scarlet"}},
      {colour, "green", {"green", "emerald"}, {"jade"}},
      {colour, "blue", {"blue", "navy"}, {"cobalt"}},
      {colour, "yellow", {"yellow", "golden"}, {"lemon"}},
      {colour, "white", {"white", "ivory"}, {"pearl"}},
      {colour, "purple", {"purple", "violet"}, {"plum"}},
      {texture, "solid", {"solid", "plain"}, {"uniform"}},
      {texture, "striped", {"striped", "banded"}, {"lined"}},
      {texture, "dotted", {"dotted", "spotted"}, {"speckled"}},
      {size, "medium", {"medium"}, {"middling"}},
      {size, "small", {"small", "little"}, {"tiny"}},
      {size, "large", {"large", "big"}, {"huge"}},
      {place, "top left", {"in the top left", "in the upper left corner"}, {"in the northwest"}},
      {place, "top right", {"in the top right", "in the upper right corner"}, {"in the northeast"}},
      {place,
       "bottom left",
       {"in the bottom left", "in the lower left corner"},
       {"in the southwest"}},
      {place,
       "bottom right",
       {"in the bottom right", "in the lower right corner"},
       {"in the southeast"}},
      {place, "top", {"on the top side", "along the upper edge"}, {"in the north"}},
      {place, "bottom", {"on the bottom side", "along the lower edge"}, {"in the south"}},
      {place, "left", {"on the left side", "along the left edge"}, {"in the west"}},
      {place, "right", {"on the right side", "along the right edge"}, {"in the east"}},
      {place, "center", {"in the center", "in the middle"}, {"at the midpoint"}},
  };
  return table;
}

const Wordings& wordings(Attribute attribute, std::string_view concept_name) {
  for (const Wordings& entry : lexicon())
    if (entry.attribute == attribute && entry.concept_name == concept_name) return entry;
  throw std::logic_error(fmt::format("no word for the {} '{}'", name(attribute), concept_name));
}

std::string_view nonsense(std::string_view wording) {
  static const std::map<std::string_view, std::string> words = make_nonsense();
  const auto found = words.find(wording);
  if (found == words.end()) throw std::logic_error(fmt::format("no wording '{}'", wording));
  return found->second;
}

std::span<const std::string_view> relation_wordings(int relation) {
  return std::span(kRelationWords.at(static_cast<std::size_t>(relation))).subspan(1);
}

std::string_view relation_name(int relation) {
  return kRelationWords.at(static_cast<std::size_t>(relation))[0];
}

std::string plural(std::string_view noun) {
  const bool hissing = noun.ends_with('s') || noun.ends_with('x') || noun.ends_with("ch");
  return fmt::format("{}{}", noun, hissing ? "es" : "s");
}

std::string_view cardinal(int n) {
  constexpr std::array<std::string_view, 10> words = {"zero", "one", "two",   "three", "four",
                                                      "five", "six", "seven", "eight", "nine"};
  return words.at(static_cast<std::size_t>(n));
}

std::string_view ordinal(int n) {
  constexpr std::array<std::string_view, 10> words = {"zeroth", "first", "second", "third",
                                                      "fourth", "fifth", "sixth",  "seventh",
                                                      "eighth", "ninth"};
  return words.at(static_cast<std::size_t>(n));
}

}  // namespace lidit::scenes

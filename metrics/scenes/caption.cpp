#include "metrics/scenes/caption.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include "metrics/scenes/lexicon.h"

namespace lidit::scenes {
namespace {

bool sounds_like_a_vowel(std::string_view word) {
  if (word == "X") return true;
  if (word.starts_with("uni")) return false;
  return std::string_view("aeiou").find(word.front()) != std::string_view::npos;
}

/// Appends text with articles, capitals and single spaces where they belong.
class Writer {
 public:
  explicit Writer(bool capital_first) : capital_(capital_first) {}

  /// Returns where it stands.
  Span append(std::string_view piece) {
    if (piece.starts_with(' ') && (article_ || text_.empty() || text_.ends_with(' ')))
      piece.remove_prefix(1);
    if (piece.empty()) return {size(), size()};
    if (article_) {
      article_ = false;
      append(sounds_like_a_vowel(piece) ? "an " : "a ");
    }
    const std::int64_t begin = size();
    for (const char letter : piece) put(letter);
    return {begin, size()};
  }
  /// "a" or "an" before the next word.
  void article() { article_ = true; }
  std::int64_t size() const { return static_cast<std::int64_t>(text_.size()); }
  const std::string& text() const { return text_; }

 private:
  void put(char letter) {
    if (capital_ && std::isalpha(static_cast<unsigned char>(letter))) {
      letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
      capital_ = false;
    }
    if (letter == '.' || letter == '?') capital_ = true;
    text_ += letter;
  }
  std::string text_;
  bool capital_ = false, article_ = false;
};

class Filler {
 public:
  Filler(const Structure& structure, std::vector<Claim> claims, std::span<const WordChoice> words,
         std::string_view relation)
      : structure_(structure),
        claims_(std::move(claims)),
        words_(words),
        relation_(relation),
        writer_(structure.passes.back().after.ends_with('.')) {}

  Caption caption() {
    for (const Pass& pass : structure_.passes) run(pass);
    return {writer_.text(), structure_name(structure_), Category::complex, std::move(claims_), {}};
  }

 private:
  void run(const Pass& pass) {
    writer_.append(pass.before);
    for (std::size_t i = 0; i < claims_.size(); ++i) {
      if (i > 0) fill(i + 1 == claims_.size() ? pass.last_separator : pass.separator, i);
      const std::int64_t begin = writer_.size();
      fill(pass.item, i);
      claims_[i].mentions.push_back({begin, writer_.size()});
    }
    writer_.append(pass.after);
  }

  void fill(std::string_view text, std::size_t i) {
    while (!text.empty()) {
      const auto open = text.find('{');
      writer_.append(text.substr(0, open));
      if (open == std::string_view::npos) return;
      const auto close = text.find('}', open);
      if (close == std::string_view::npos)
        throw std::logic_error(fmt::format("'{}' has no closing brace", text));
      place_holder(text.substr(open + 1, close - open - 1), i);
      text.remove_prefix(close + 1);
    }
  }

  void place_holder(std::string_view name, std::size_t i) {
    const int position = static_cast<int>(i) + 1;
    if (name == "a") return determiner(i);
    if (name == "np") return fill("{a} {adjectives} {shape}", i);
    if (name == "adjectives") return adjectives(i, " ", " ");
    if (name == "qualities") return adjectives(i, ", ", " and ");
    if (name == "shape") return say(Attribute::shape, i);
    if (name == "place") return say(Attribute::place, i);
    if (name == "colour") return say(Attribute::colour, i);
    if (name == "first") return void(writer_.append(ordinal(position)));
    if (name == "number") return void(writer_.append(cardinal(position)));
    if (name == "relation") return void(writer_.append(relation_));
    throw std::logic_error(fmt::format("unknown placeholder '{}'", name));
  }

  void determiner(std::size_t i) {
    if (claims_[i].counted)
      writer_.append(cardinal(claims_[i].count));
    else
      writer_.article();
  }

  void adjectives(std::size_t i, std::string_view separator, std::string_view last) {
    std::vector<Attribute> stated;
    for (const Attribute attribute : {Attribute::size, Attribute::texture, Attribute::colour})
      if (claims_[i][attribute]) stated.push_back(attribute);
    for (std::size_t k = 0; k < stated.size(); ++k) {
      if (k > 0) writer_.append(k + 1 == stated.size() ? last : separator);
      say(stated[k], i);
    }
  }

  void say(Attribute attribute, std::size_t i) {
    if (!claims_[i][attribute])
      throw std::logic_error(fmt::format("{} wants a {} that claim {} does not state",
                                         structure_name(structure_), name(attribute), i));
    const std::string_view word = words_[i][number(attribute)];
    const bool many = attribute == Attribute::shape && claims_[i].count > 1;
    const Span span = writer_.append(many ? plural(word) : std::string(word));
    claims_[i].words.push_back({attribute, span});
  }

  const Structure& structure_;
  std::vector<Claim> claims_;
  std::span<const WordChoice> words_;
  std::string_view relation_;
  Writer writer_;
};

}  // namespace

bool Claim::holds(const Object& object) const {
  for (const Attribute attribute : kAllAttributes)
    if (wanted[number(attribute)] && *wanted[number(attribute)] != object[attribute]) return false;
  return true;
}

bool relation_holds(const Preset& preset, int kind, int subject_place, int object_place) {
  const int right = preset.column(subject_place) - preset.column(object_place);
  const int down = preset.row(subject_place) - preset.row(object_place);
  const bool sideways = std::abs(right) > std::abs(down),
             upright = std::abs(down) > std::abs(right);
  const std::array<bool, kRelations> holds = {sideways && right < 0, sideways && right > 0,
                                              upright && down < 0, upright && down > 0};
  return holds.at(static_cast<std::size_t>(kind));
}

Caption write_caption(const Structure& structure, std::vector<Claim> claims,
                      std::span<const WordChoice> words, std::string_view relation) {
  if (claims.empty() || claims.size() != words.size())
    throw std::logic_error(
        fmt::format("{} claims with {} choices of words", claims.size(), words.size()));
  return Filler(structure, std::move(claims), words, relation).caption();
}

std::string in_words(const Preset& preset, std::span<const Object> objects) {
  if (objects.empty()) return "nothing";
  std::vector<Claim> claims(objects.size());
  std::vector<WordChoice> words(objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i)
    for (const Attribute attribute : kAllAttributes) {
      const auto& concepts = preset.concepts[number(attribute)];
      if (concepts.size() < 2) continue;
      const int value = objects[i][attribute];
      claims[i].wanted[number(attribute)] = value;
      words[i][number(attribute)] =
          wordings(attribute, concepts.at(static_cast<std::size_t>(value))).training.front();
    }
  return write_caption(structures().front(), std::move(claims), words, "").text;
}

std::string to_json(const Preset& preset, std::span<const Claim> claims) {
  std::string text = "[";
  for (const Claim& claim : claims) {
    text += fmt::format("{}{{\"count\": {}, \"counted\": {}", text.size() > 1 ? ", " : "",
                        claim.count, claim.counted);
    for (const Attribute attribute : kAllAttributes)
      if (claim[attribute])
        text += fmt::format(
            ", \"{}\": \"{}\"", name(attribute),
            preset.concepts[number(attribute)].at(static_cast<std::size_t>(*claim[attribute])));
    text += ", \"mentions\": [";
    for (const Span& span : claim.mentions)
      text += fmt::format("{}[{}, {}]", &span == claim.mentions.data() ? "" : ", ", span.begin,
                          span.end);
    text += "]}";
  }
  return text + "]";
}

std::string to_json(std::span<const Relation> relations) {
  std::string text = "[";
  for (const Relation& relation : relations)
    text += fmt::format("{}{{\"subject\": {}, \"relation\": \"{}\", \"object\": {}}}",
                        text.size() > 1 ? ", " : "", relation.subject, relation_name(relation.kind),
                        relation.object);
  return text + "]";
}

}  // namespace lidit::scenes

#include "encoders/text/character_bpe.h"

#include <fmt/format.h>

#include "encoders/text/utf8.h"
#include "results/errors.h"

namespace lidit {

CharacterBpe::CharacterBpe(CharacterBpeFile file, std::string_view where) : file_(std::move(file)) {
  const auto id_of = [&](const std::string& token, std::size_t merge) {
    const auto id = find_id(file_.vocabulary, token);
    if (!id)
      throw FileError(
          fmt::format("{}: merge {} needs '{}', which is no ordinary token.", where, merge, token));
    return *id;
  };
  merges_.reserve(file_.merges.size());
  for (std::size_t i = 0; i < file_.merges.size(); ++i) {
    const auto& [left, right] = file_.merges[i];
    if (!merges_.add(id_of(left, i), id_of(right, i), static_cast<std::int32_t>(i),
                     id_of(left + right, i)))
      throw FileError(
          fmt::format("{}: merge {} ('{}' '{}') appears twice.", where, i, left, right));
  }
}

void CharacterBpe::encode(std::string_view piece, std::vector<Token>& tokens) const {
  if (file_.ignore_merges)
    if (const auto whole = find_id(file_.vocabulary, piece))
      return tokens.push_back({*whole, 0, static_cast<std::int32_t>(piece.size())});
  std::vector<Token> characters;  // with those that the vocabulary does not have
  for (std::size_t at = 0; at < piece.size();) {
    const std::size_t size = code_point_at(piece, at).size;
    std::string character(piece.substr(at, size));
    if (at + size == piece.size()) character += file_.end_of_word;
    const auto begin = static_cast<std::int32_t>(at);
    if (const auto id = find_id(file_.vocabulary, character)) {
      characters.push_back({*id, begin, begin + static_cast<std::int32_t>(size)});
    } else {
      file_.unknown.append(piece.substr(at, size), begin, 0, characters);
    }
    at += size;
  }
  std::vector<BpeSymbol> symbols;
  for (const Token& token : characters) symbols.push_back({token.id, token.begin, token.end});
  merges_.merge_all(symbols);
  for (const BpeSymbol& symbol : symbols) tokens.push_back({symbol.id, symbol.begin, symbol.end});
}

}  // namespace lidit

#include "encoders/text/byte_level_bpe.h"

#include <fmt/format.h>

#include <algorithm>

#include "encoders/text/byte_alphabet.h"
#include "results/errors.h"

namespace lidit {

ByteLevelBpe::ByteLevelBpe(ByteLevelBpeFile file, std::string_view where)
    : pre_tokenizer_(std::move(file.pre_tokenizer)) {
  const auto id_of = [&](const std::string& token, std::size_t merge) {
    const auto id = find_id(file.vocabulary, token);
    if (!id)
      throw FileError(
          fmt::format("{}: merge {} needs '{}', which is no ordinary token.", where, merge, token));
    return *id;
  };
  merges_.reserve(file.merges.size());
  for (std::size_t i = 0; i < file.merges.size(); ++i) {
    const auto& [left, right] = file.merges[i];
    if (!merges_.add(id_of(left, i), id_of(right, i), static_cast<std::int32_t>(i),
                     id_of(left + right, i)))
      throw FileError(
          fmt::format("{}: merge {} ('{}' '{}') appears twice.", where, i, left, right));
  }
  for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte) {
    const std::string& spelt = byte_alphabet()[byte];
    byte_ids_[byte] = find_id(file.vocabulary, spelt).value_or(-1);
    last_byte_ids_[byte] = find_id(file.vocabulary, spelt + file.end_of_word).value_or(-1);
  }
  Vocabulary by_bytes;
  for (const auto& [token, id] : file.vocabulary) {
    if (!token.ends_with(file.end_of_word)) continue;
    const std::string_view spelt(token.data(), token.size() - file.end_of_word.size());
    if (auto bytes = bytes_of_spelling(spelt)) by_bytes.emplace(std::move(*bytes), id);
  }
  remember_whole_tokens(by_bytes, file.ignore_merges);
}

ByteLevelBpe::ByteLevelBpe(RankedTokens file) : pre_tokenizer_(std::move(file.pre_tokenizer)) {
  for (const auto& [token, rank] : file.tokens)
    for (std::size_t cut = 1; cut < token.size(); ++cut) {
      const auto left = find_id(file.tokens, std::string_view(token).substr(0, cut));
      const auto right =
          left ? find_id(file.tokens, std::string_view(token).substr(cut)) : std::nullopt;
      if (right) merges_.add(*left, *right, rank, rank);
    }
  for (std::size_t byte = 0; byte < byte_ids_.size(); ++byte)
    byte_ids_[byte] = find_id(file.tokens, std::string(1, static_cast<char>(byte))).value_or(-1);
  last_byte_ids_ = byte_ids_;
  remember_whole_tokens(file.tokens, true);  // as tiktoken does
}

/// `all`: merges are not asked.
void ByteLevelBpe::remember_whole_tokens(const Vocabulary& tokens_by_bytes, bool all) {
  whole_.reserve(tokens_by_bytes.size());
  std::vector<BpeSymbol> symbols;
  for (const auto& [bytes, id] : tokens_by_bytes) {
    if (bytes.empty()) continue;
    if (!all) {
      symbols_of(bytes, symbols);
      merges_.merge_all(symbols);
      // A byte without a token would be left out: then the piece is not this token alone.
      if (symbols.size() != 1 || symbols[0].id != id ||
          symbols[0].end - symbols[0].begin != static_cast<std::int32_t>(bytes.size()))
        continue;
    }
    whole_.emplace(bytes, id);
  }
}

bool ByteLevelBpe::covers_all_bytes() const {
  const auto has_gap = [](const auto& ids) {
    return std::find(ids.begin(), ids.end(), -1) != ids.end();
  };
  return !has_gap(byte_ids_) && !has_gap(last_byte_ids_);
}

void ByteLevelBpe::symbols_of(std::string_view piece, std::vector<BpeSymbol>& symbols) const {
  symbols.clear();
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto& ids = i + 1 == piece.size() ? last_byte_ids_ : byte_ids_;
    const std::int32_t id = ids[static_cast<unsigned char>(piece[i])];
    const auto at = static_cast<std::int32_t>(i);
    if (id >= 0) symbols.push_back({id, at, at + 1});
  }
}

void ByteLevelBpe::encode(std::string_view text, bool, std::vector<Token>& tokens) const {
  std::vector<BpeSymbol> symbols;
  for (const std::string_view piece : pre_tokenizer_.split(text)) {
    const auto begin = static_cast<std::int32_t>(piece.data() - text.data());
    if (const auto whole = find_id(whole_, piece)) {
      tokens.push_back({*whole, begin, begin + static_cast<std::int32_t>(piece.size())});
      continue;
    }
    symbols_of(piece, symbols);
    merges_.merge_all(symbols);
    for (const BpeSymbol& symbol : symbols)
      tokens.push_back({symbol.id, begin + symbol.begin, begin + symbol.end});
  }
}

}  // namespace lidit

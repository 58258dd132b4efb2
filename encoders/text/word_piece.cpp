#include "encoders/text/word_piece.h"

#include <algorithm>
#include <optional>

#include "encoders/text/utf8.h"

namespace lidit {

void WordPiece::encode(std::string_view text, std::int32_t offset,
                       std::vector<Token>& tokens) const {
  const auto characters = file_.normalizer.normalize(text);
  const std::span all(characters);
  std::size_t begin = 0;  // of the word under way
  for (std::size_t at = 0; at <= all.size(); ++at) {
    const bool space = at == all.size() || is_white_space(all[at].value);
    const bool punctuation = !space && is_bert_punctuation(all[at].value);
    if (!space && !punctuation) continue;
    if (at > begin) encode_word(all.subspan(begin, at - begin), offset, tokens);
    if (punctuation) encode_word(all.subspan(at, 1), offset, tokens);
    begin = at + 1;
  }
}

void WordPiece::encode_word(std::span<const NormalizedCharacter> word, std::int32_t offset,
                            std::vector<Token>& tokens) const {
  const auto add_token = [&](std::int32_t id, std::span<const NormalizedCharacter> piece) {
    Token token{id, piece.front().begin + offset, piece.front().end + offset};
    for (const NormalizedCharacter& c : piece) {  // canonical order may have moved marks
      token.begin = std::min(token.begin, c.begin + offset);
      token.end = std::max(token.end, c.end + offset);
    }
    tokens.push_back(token);
  };
  const auto give_up = [&](std::size_t first_token) {
    tokens.resize(first_token);
    add_token(file_.unknown, word);
  };
  const std::size_t first_token = tokens.size();
  if (word.size() > static_cast<std::size_t>(file_.longest_word)) return give_up(first_token);
  for (std::size_t begin = 0; begin < word.size();) {
    std::string piece = begin > 0 ? file_.continuation : "";
    std::optional<std::int32_t> best;
    std::size_t best_end = begin;
    for (std::size_t end = begin; end < word.size();) {
      append_utf8(piece, word[end++].value);
      if (const auto id = find_id(file_.vocabulary, piece)) best = id, best_end = end;
    }
    if (!best) return give_up(first_token);
    add_token(*best, word.subspan(begin, best_end - begin));
    begin = best_end;
  }
}

}  // namespace lidit

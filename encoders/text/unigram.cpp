#include "encoders/text/unigram.h"

#include <algorithm>
#include <utility>

#include "encoders/text/utf8.h"

namespace lidit {

Unigram::Unigram(UnigramFile file) : file_(std::move(file)) {
  for (std::size_t i = 0; i < file_.pieces.size(); ++i)
    trie_.insert(file_.pieces[i].text, static_cast<std::int32_t>(i));
}

void Unigram::encode(std::string_view piece, std::vector<Token>& tokens) const {
  constexpr double kUnknownPenalty = 10;
  constexpr std::int32_t kUnreached = -2, kUnknown = -1;
  struct Best {  // the best cut of the text up to here
    std::size_t begin = 0;
    double score = 0;
    std::int32_t piece = kUnreached;  // its last piece: a place in file_.pieces
  };
  std::vector<Best> best(piece.size() + 1);
  const double unknown_score = add(file_.minimum_score, -kUnknownPenalty);
  for (std::size_t begin = 0; begin < piece.size();) {
    const std::size_t character = code_point_at(piece, begin).size;
    const double score = best[begin].score;
    const auto offer = [&](std::size_t size, double piece_score, std::int32_t index) {
      Best& end = best[begin + size];
      const double candidate = add(score, piece_score);
      if (end.piece == kUnreached || candidate > end.score) end = {begin, candidate, index};
    };
    bool has_character = false;
    trie_.for_each_prefix(piece.substr(begin), [&](std::size_t size, std::int32_t index) {
      offer(size, file_.pieces[static_cast<std::size_t>(index)].score, index);
      has_character = has_character || size == character;
    });
    if (!has_character) offer(character, unknown_score, kUnknown);
    begin += character;
  }
  std::vector<std::size_t> ends;
  for (std::size_t end = piece.size(); end > 0; end = best[end].begin) ends.push_back(end);
  const std::size_t first = tokens.size();
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
    const auto begin = static_cast<std::int32_t>(best[*end].begin);
    if (best[*end].piece == kUnknown) {
      file_.unknown.append(piece.substr(best[*end].begin, *end - best[*end].begin), begin, first,
                           tokens);
    } else {
      tokens.push_back({file_.pieces[static_cast<std::size_t>(best[*end].piece)].id, begin,
                        static_cast<std::int32_t>(*end)});
    }
  }
}

}  // namespace lidit

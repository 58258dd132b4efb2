#include "encoders/text/word_piece.h"

#include <algorithm>
#include <optional>

#include "encoders/text/reference_categories.h"
#include "encoders/text/utf8.h"

namespace lidit {

void WordPiece::encode(std::string_view word, std::vector<Token>& tokens) const {
  const std::size_t first_token = tokens.size();
  const auto end_of_word = static_cast<std::int32_t>(word.size());
  const auto characters =
      std::count_if(word.begin(), word.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
  const auto give_up = [&] {
    tokens.resize(first_token);
    tokens.push_back({file_.unknown, 0, end_of_word});
  };
  if (characters > file_.longest_word) return give_up();
  for (std::size_t begin = 0; begin < word.size();) {
    std::string piece = begin > 0 ? file_.continuation : "";
    std::optional<std::int32_t> best;
    std::size_t best_end = begin;
    for (std::size_t end = begin; end < word.size();) {
      const std::size_t size = code_point_at(word, end).size;
      piece += word.substr(end, size);
      end += size;
      if (const auto id = find_id(file_.vocabulary, piece)) best = id, best_end = end;
    }
    if (!best) return give_up();
    tokens.push_back(
        {*best, static_cast<std::int32_t>(begin), static_cast<std::int32_t>(best_end)});
    begin = best_end;
  }
}

std::vector<SegmentedModel::Stage> bert_words() {
  std::vector<SegmentedModel::Stage> stages;
  stages.emplace_back(SplitPattern("\\s+", "BertPreTokenizer", SplitBehavior::removed));
  stages.emplace_back(SplitPattern(reference_punctuation_pattern(), "BertPreTokenizer"));
  return stages;
}

}  // namespace lidit

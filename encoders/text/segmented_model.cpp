#include "encoders/text/segmented_model.h"

#include <iterator>
#include <utility>

namespace lidit {

std::vector<SegmentedModel::Piece> SegmentedModel::cut(const SplitPattern& pattern,
                                                       const Piece& piece) {
  const AlignedUtf8 utf8 = utf8_of(piece.text);
  std::vector<std::string_view> parts;
  pattern.split(utf8.text, parts);
  std::vector<Piece> pieces;
  for (const std::string_view part : parts) {
    const auto begin = static_cast<std::size_t>(part.data() - utf8.text.data());
    const auto from = utf8.character_of_byte[begin];
    const auto to = utf8.character_of_byte[begin + part.size() - 1] + 1;
    pieces.push_back({AlignedText(piece.text.begin() + from, piece.text.begin() + to),
                      piece.at_start && begin == 0});
  }
  return pieces;
}

std::vector<SegmentedModel::Piece> SegmentedModel::cut(const Metaspace& metaspace,
                                                       const Piece& piece) {
  const AlignedText replacement = align(metaspace.replacement);
  const char32_t mark = replacement.at(0).value;  // one character: the reader has checked
  Piece marked{{}, piece.at_start};
  const bool wanted = metaspace.prepend == Metaspace::Prepend::always ||
                      (metaspace.prepend == Metaspace::Prepend::first && piece.at_start);
  if (wanted && piece.text[0].value != ' ' && piece.text[0].value != mark)
    marked.text.push_back({mark, piece.text[0].begin, piece.text[0].begin});
  for (AlignedCharacter c : piece.text) {
    if (c.value == ' ') c.value = mark;
    marked.text.push_back(c);
  }
  if (!metaspace.split) return {std::move(marked)};
  std::vector<Piece> pieces;
  for (const AlignedCharacter& c : marked.text) {
    if (pieces.empty() || c.value == mark) pieces.push_back({{}, piece.at_start && pieces.empty()});
    pieces.back().text.push_back(c);
  }
  return pieces;
}

void SegmentedModel::encode(std::string_view text, bool at_start,
                            std::vector<Token>& tokens) const {
  std::vector<Piece> pieces;
  if (!text.empty()) pieces.push_back({align(text), at_start});
  for (const Stage& stage : stages_) {
    std::vector<Piece> finer;
    for (const Piece& piece : pieces) {
      auto parts = std::visit([&](const auto& kind) { return cut(kind, piece); }, stage);
      std::move(parts.begin(), parts.end(), std::back_inserter(finer));
    }
    pieces = std::move(finer);
  }
  for (const Piece& piece : pieces) {
    const AlignedUtf8 utf8 = utf8_of(piece.text);
    const std::size_t first = tokens.size();
    model_->encode(utf8.text, tokens);
    to_original_spans(piece.text, utf8, first, tokens);
  }
}

}  // namespace lidit

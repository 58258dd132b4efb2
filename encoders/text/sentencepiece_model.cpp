#include "encoders/text/sentencepiece_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "encoders/text/score_bpe.h"
#include "encoders/text/unigram.h"
#include "encoders/text/utf8.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr char32_t kSpaceMark = 0x2581;

struct ModelPieces {
  ScoreBpeFile bpe;  // holds what the unigram model needs too
  double minimum_score = std::numeric_limits<double>::max();
};

ModelPieces model_pieces(const SentencePieceFile& file, std::string_view where) {
  const auto fail = [&](std::size_t id, std::string_view what) {
    throw FileError(fmt::format("{}: piece {} {}.", where, id, what));
  };
  ModelPieces result;
  Vocabulary bytes;
  for (std::size_t i = 0; i < file.pieces.size(); ++i) {
    const SentencePiece& piece = file.pieces[i];
    const auto id = static_cast<std::int32_t>(i);
    if (piece.text.empty() || !is_utf8(piece.text)) fail(i, "is empty or not UTF-8");
    if (!std::isfinite(piece.score)) fail(i, "has a score that is not finite");
    switch (piece.type) {
      case PieceType::unknown:
        if (result.bpe.unknown.unknown) fail(i, "is a second unknown piece");
        result.bpe.unknown.unknown = id;
        break;
      case PieceType::control:
        break;  // never found in text
      case PieceType::byte:
        bytes.emplace(piece.text, id);
        break;
      case PieceType::normal:
        result.minimum_score = std::min(result.minimum_score, double{piece.score});
        [[fallthrough]];
      default:
        result.bpe.pieces.push_back(
            {piece.text, double{piece.score}, id, piece.type == PieceType::user_defined});
        result.bpe.unused.push_back(piece.type == PieceType::unused);
    }
  }
  if (!result.bpe.unknown.unknown) throw FileError(fmt::format("{}: has no unknown piece.", where));
  if (result.minimum_score == std::numeric_limits<double>::max())
    throw FileError(fmt::format("{}: has no ordinary piece.", where));
  if (file.byte_fallback) {
    result.bpe.unknown.byte_ids = byte_tokens(bytes);
    if (!result.bpe.unknown.byte_ids)
      throw FileError(
          fmt::format("{}: falls back to bytes, but lacks some of <0x00>..<0xFF>.", where));
  }
  return result;
}

/// SentencePiece (0.2.3) gives a user-defined piece, whatever its score, 0.1 for each byte after
/// the first: more than any piece with a probability, so that two ordinary ones hardly ever beat
/// it.
double user_defined_score(std::string_view piece) {
  return double{static_cast<float>(0.1 * static_cast<double>(piece.size() - 1))};
}

UnigramFile unigram_of(ModelPieces pieces) {
  UnigramFile file;
  for (std::size_t i = 0; i < pieces.bpe.pieces.size(); ++i) {
    if (pieces.bpe.unused[i]) continue;
    ScoredPiece& piece = file.pieces.emplace_back(std::move(pieces.bpe.pieces[i]));
    if (piece.user_defined) piece.score = user_defined_score(piece.text);
  }
  file.unknown = pieces.bpe.unknown;
  file.minimum_score = pieces.minimum_score;
  file.single_precision = true;
  return file;
}

}  // namespace

SentencePieceModel::SentencePieceModel(SentencePieceFile file, std::string_view where)
    : normalization_(std::move(file.normalization)) {
  ModelPieces pieces = model_pieces(file, where);
  for (const ScoredPiece& piece : pieces.bpe.pieces)
    if (piece.user_defined) user_defined_.insert(piece.text, piece.id);
  if (file.algorithm == SentencePieceFile::Algorithm::bpe) {
    model_ = std::make_unique<ScoreBpe>(pieces.bpe);
  } else {
    model_ = std::make_unique<Unigram>(unigram_of(std::move(pieces)));
  }
}

/// What the text begins with, normalised: a user-defined piece as it stands, else the longest rule
/// of the map, else one character.
SentencePieceModel::Prefix SentencePieceModel::normalize_prefix(std::string_view text) const {
  if (const std::size_t fixed = user_defined_.longest_prefix(text); fixed > 0)
    return {text.substr(0, fixed), fixed};
  if (normalization_.map)
    if (const auto match = normalization_.map->longest_match(text))
      return {match->replacement, match->size};
  const std::size_t size = code_point_at(text, 0).size;
  return {text.substr(0, size), size};
}

AlignedText SentencePieceModel::normalize(std::string_view text, bool at_start) const {
  const char32_t space = normalization_.escape_whitespaces ? kSpaceMark : U' ';
  const bool trim = normalization_.remove_extra_whitespaces;
  AlignedText result;
  std::size_t at = 0;
  if (trim && at_start)
    for (; at < text.size();) {
      const Prefix prefix = normalize_prefix(text.substr(at));
      if (prefix.replacement != " ") break;
      at += prefix.size;
    }
  if (at == text.size()) return result;
  const auto add_dummy = [&](std::size_t place) {
    const auto byte = static_cast<std::int32_t>(place);
    result.push_back({space, byte, byte});
  };
  const bool dummy = normalization_.add_dummy_prefix && at_start;
  if (dummy && !normalization_.whitespace_as_suffix) add_dummy(at);
  bool after_space = trim && at_start;
  while (at < text.size()) {
    const Prefix prefix = normalize_prefix(text.substr(at));
    std::string_view piece = prefix.replacement;
    while (after_space && piece.starts_with(' ')) piece.remove_prefix(1);
    const auto begin = static_cast<std::int32_t>(at);
    const auto end = static_cast<std::int32_t>(at + prefix.size);
    for (const AlignedCharacter& c : align(piece))
      result.push_back({c.value == U' ' ? space : c.value, begin, end});
    if (!piece.empty()) after_space = trim && piece.ends_with(' ');
    at += prefix.size;
  }
  if (trim)
    while (!result.empty() && result.back().value == space) result.pop_back();
  if (dummy && normalization_.whitespace_as_suffix) add_dummy(text.size());
  return result;
}

void SentencePieceModel::encode(std::string_view text, bool at_start,
                                std::vector<Token>& tokens) const {
  const AlignedText normalized = normalize(text, at_start);
  const AlignedUtf8 utf8 = utf8_of(normalized);
  const std::size_t first = tokens.size();
  model_->encode(utf8.text, tokens);
  to_original_spans(normalized, utf8, first, tokens);
}

}  // namespace lidit

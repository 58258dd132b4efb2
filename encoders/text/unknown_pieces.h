// What becomes of characters that a vocabulary does not have.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "encoders/text/subword_model.h"

namespace lidit {

/// Byte fall-back where the vocabulary has the tokens <0x00>..<0xFF>, else the unknown token.
struct UnknownPieces {
  std::optional<std::int32_t> unknown;  // none: the piece is left out
  std::optional<std::array<std::int32_t, 256>> byte_ids;
  bool fuse = true;  // neighbouring unknown pieces are one token

  /// Appends the tokens of the unknown `piece`, which begins at byte `begin`; `first` is where the
  /// tokens of this text begin.
  void append(std::string_view piece, std::int32_t begin, std::size_t first,
              std::vector<Token>& tokens) const;
};

/// The ids of <0x00>..<0xFF>; nothing unless all are there.
std::optional<std::array<std::int32_t, 256>> byte_tokens(const Vocabulary& vocabulary);

}  // namespace lidit

#include "encoders/text/unknown_pieces.h"

#include <fmt/format.h>

namespace lidit {

void UnknownPieces::append(std::string_view piece, std::int32_t begin, std::size_t first,
                           std::vector<Token>& tokens) const {
  const std::int32_t end = begin + static_cast<std::int32_t>(piece.size());
  if (byte_ids) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const std::int32_t at = begin + static_cast<std::int32_t>(i);
      tokens.push_back({(*byte_ids)[static_cast<unsigned char>(piece[i])], at, at + 1});
    }
  } else if (unknown) {
    const bool follows = tokens.size() > first && tokens.back().id == *unknown;
    if (fuse && follows && tokens.back().end == begin) {
      tokens.back().end = end;
    } else {
      tokens.push_back({*unknown, begin, end});
    }
  }
}

std::optional<std::array<std::int32_t, 256>> byte_tokens(const Vocabulary& vocabulary) {
  std::array<std::int32_t, 256> ids{};
  for (std::size_t byte = 0; byte < ids.size(); ++byte) {
    const auto id = find_id(vocabulary, fmt::format("<0x{:02X}>", byte));
    if (!id) return std::nullopt;
    ids[byte] = *id;
  }
  return ids;
}

}  // namespace lidit

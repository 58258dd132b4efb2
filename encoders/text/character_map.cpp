#include "encoders/text/character_map.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <cstring>
#include <span>
#include <utility>

#include "encoders/text/utf8.h"
#include "encoders/weights/byte_reader.h"
#include "results/errors.h"

namespace lidit {
namespace {

// A unit of the double array (Darts-clone): a leaf has a value, a node a label, an offset to its
// children and whether one of them is a leaf.
bool has_leaf(std::uint32_t unit) { return (unit >> 8 & 1) != 0; }
std::uint32_t label_of(std::uint32_t unit) { return unit & (1u << 31 | 0xFF); }
std::uint32_t offset_of(std::uint32_t unit) { return unit >> 10 << ((unit & 1u << 9) >> 6); }
std::uint32_t value_of(std::uint32_t unit) { return unit & ~(1u << 31); }

}  // namespace

CharacterMap::CharacterMap(std::string_view blob, std::string_view where) {
  ByteReader reader(std::as_bytes(std::span(blob)), where);
  const auto size = reader.read<std::uint32_t>("the character map's size");
  const auto trie = reader.take(size, "the character map");
  if (size == 0 || size % sizeof(std::uint32_t) != 0)
    throw FileError(fmt::format("{}: has a character map of {} bytes.", where, size));
  units_.resize(size / sizeof(std::uint32_t));
  std::memcpy(units_.data(), trie.data(), trie.size());
  replacements_ = reader.read_text(reader.remaining(), "the replacements");
  if (!is_utf8(replacements_))
    throw FileError(fmt::format("{}: has replacements that are not UTF-8.", where));
}

/// Calls found(size, value) with every rule that `text` begins with, the shortest first, until it
/// says no. Nodes beyond the array are no nodes.
template <class Found>
void CharacterMap::for_each_prefix(std::string_view text, Found found) const {
  std::uint32_t node = offset_of(units_[0]);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    node ^= byte;
    if (node >= units_.size() || label_of(units_[node]) != byte) return;
    const bool leaf = has_leaf(units_[node]);
    node ^= offset_of(units_[node]);
    if (!leaf || node >= units_.size()) continue;
    const std::uint32_t value = value_of(units_[node]);
    // A value within a character would give text that is not UTF-8.
    if (value >= replacements_.size() || (replacements_[value] & 0xC0) == 0x80) continue;
    if (!found(Match{i + 1, std::string_view(replacements_.c_str() + value)})) return;
  }
}

std::optional<CharacterMap::Match> CharacterMap::longest_match(std::string_view text) const {
  std::optional<Match> longest;
  for_each_prefix(text, [&](const Match& match) {
    longest = match;
    return true;
  });
  return longest;
}

std::optional<CharacterMap::Match> CharacterMap::shortest_match(std::string_view text) const {
  std::optional<Match> shortest;
  for_each_prefix(text, [&](const Match& match) {
    shortest = match;
    return false;
  });
  return shortest;
}

void Precompiled::apply(AlignedText& text) const {
  constexpr std::size_t kLongGrapheme = 6;
  AlignedText result;
  const auto replace = [&](std::size_t begin, std::size_t end) {  // of characters
    std::string written;
    for (std::size_t i = begin; i < end; ++i) append_utf8(written, text[i].value);
    const auto match = map_.shortest_match(written);
    if (!match) return false;
    for (const AlignedCharacter& c : align(match->replacement))
      result.push_back({c.value, text[begin].begin, text[end - 1].end});
    return true;
  };
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    std::string grapheme;
    utf8proc_int32_t state = 0;
    for (end = begin; end < text.size(); ++end) {
      if (end > begin &&
          utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(text[end - 1].value),
                                           static_cast<utf8proc_int32_t>(text[end].value), &state))
        break;
      append_utf8(grapheme, text[end].value);
    }
    if (grapheme.size() < kLongGrapheme && replace(begin, end)) continue;
    for (std::size_t i = begin; i < end; ++i)
      if (!replace(i, i + 1)) result.push_back(text[i]);
  }
  text = std::move(result);
}

}  // namespace lidit

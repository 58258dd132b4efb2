#include "encoders/text/added_tokens.h"

#include <algorithm>
#include <span>
#include <utility>

#include "encoders/text/utf8.h"

namespace lidit {
namespace {

/// Where the white space that ends at `end` begins, not before `least`.
std::size_t space_begin(std::string_view text, std::size_t least, std::size_t end) {
  std::size_t begin = end;
  for (std::size_t at = end; at > least;) {
    do --at;
    while (at > least && (text[at] & 0xC0) == 0x80);  // back to the first byte of a character
    if (!is_white_space(code_point_at(text, at).value)) break;
    begin = at;
  }
  return begin;
}

std::size_t space_end(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const CodePoint point = code_point_at(text, begin);
    if (!is_white_space(point.value)) break;
    begin += point.size;
  }
  return begin;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::sort(tokens_.begin(), tokens_.end(),
            [](const AddedToken& a, const AddedToken& b) { return a.content < b.content; });
  for (const AddedToken& token : tokens_)
    first_bytes_[static_cast<unsigned char>(token.content[0])] = true;
}

bool AddedTokens::is_special(std::int32_t id) const {
  const auto found = std::ranges::find(tokens_, id, &AddedToken::id);
  return found != tokens_.end() && found->special;
}

const AddedToken* AddedTokens::longest_match(std::string_view text, std::size_t at,
                                             Recognise recognise) const {
  if (!first_bytes_[static_cast<unsigned char>(text[at])]) return nullptr;
  const AddedToken* match = nullptr;
  std::span<const AddedToken> candidates = tokens_;  // those that agree with the text so far
  for (std::size_t depth = 0; at + depth < text.size() && !candidates.empty(); ++depth) {
    const auto byte = static_cast<unsigned char>(text[at + depth]);
    const auto byte_of = [&](const AddedToken& token) {  // -1: the token has ended
      return depth < token.content.size() ? int{static_cast<unsigned char>(token.content[depth])}
                                          : -1;
    };
    const auto begin =
        std::partition_point(candidates.begin(), candidates.end(),
                             [&](const AddedToken& token) { return byte_of(token) < byte; });
    const auto end = std::partition_point(
        begin, candidates.end(), [&](const AddedToken& token) { return byte_of(token) <= byte; });
    candidates = {begin, end};
    // Of tokens with a common beginning the shortest is sorted first.
    if (candidates.empty() || candidates.front().content.size() != depth + 1) continue;
    const AddedToken& whole = candidates.front();
    if (recognise == Recognise::all || !whole.special) match = &whole;
  }
  return match;
}

std::vector<AddedTokens::Part> AddedTokens::split(std::string_view text,
                                                  Recognise recognise) const {
  std::vector<Part> parts;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* token = longest_match(text, at, recognise);
    if (!token) {
      ++at;
      continue;
    }
    const std::size_t begin = token->strip_left ? space_begin(text, done, at) : at;
    std::size_t end = at + token->content.size();
    if (token->strip_right) end = space_end(text, end);
    if (begin > done) parts.push_back({std::nullopt, done, begin});
    parts.push_back({token->id, begin, end});
    done = at = end;
  }
  if (done < text.size()) parts.push_back({std::nullopt, done, text.size()});
  return parts;
}

}  // namespace lidit

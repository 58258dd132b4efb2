#include "encoders/text/split_pattern.h"

#include <algorithm>

namespace lidit {

/// Matches and what lies between them: together the whole text.
std::vector<SplitPattern::Stretch> SplitPattern::stretches(std::string_view text) const {
  std::vector<Stretch> found;
  std::size_t done = 0;
  expression_.for_each_match(text, [&](const RegularExpression::Range& match) {
    if (match.first > done) found.push_back({done, match.first, invert_});
    found.push_back({match.first, match.second, !invert_});
    done = match.second;
  });
  if (done < text.size()) found.push_back({done, text.size(), invert_});
  return found;
}

void SplitPattern::split(std::string_view text, std::vector<std::string_view>& pieces) const {
  if (behavior_ == SplitBehavior::isolated) {  // the usual case, without a list in between
    std::size_t done = 0;
    expression_.for_each_match(text, [&](const RegularExpression::Range& match) {
      if (match.first > done) pieces.push_back(text.substr(done, match.first - done));
      pieces.push_back(text.substr(match.first, match.second - match.first));
      done = match.second;
    });
    if (done < text.size()) pieces.push_back(text.substr(done));
    return;
  }
  std::vector<Stretch> merged;
  const auto all = stretches(text);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool follows_match = i > 0 && all[i - 1].is_match;
    bool joins = false;  // the piece before
    switch (behavior_) {
      case SplitBehavior::merged_with_previous:
        joins = i > 0 && all[i].is_match && !follows_match;
        break;
      case SplitBehavior::merged_with_next:
        joins = i > 0 && !all[i].is_match && follows_match;
        break;
      case SplitBehavior::contiguous:
        joins = i > 0 && all[i].is_match == follows_match;
        break;
      default:
        break;
    }
    if (joins) {
      merged.back().end = all[i].end;
    } else if (behavior_ != SplitBehavior::removed || !all[i].is_match) {
      merged.push_back(all[i]);
    }
  }
  for (const Stretch& piece : merged)
    pieces.push_back(text.substr(piece.begin, piece.end - piece.begin));
}

}  // namespace lidit

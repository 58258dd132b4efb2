// A regular expression that cuts text into pieces.
#pragma once
#include <string_view>
#include <vector>

#include "encoders/text/regular_expression.h"

namespace lidit {

/// What becomes of the matches, in the words of tokenizer.json.
enum class SplitBehavior { isolated, removed, merged_with_previous, merged_with_next, contiguous };

class SplitPattern {
 public:
  /// `invert`: what does not match counts as a match. Throws as RegularExpression does.
  SplitPattern(std::string_view pattern, std::string_view where,
               SplitBehavior behavior = SplitBehavior::isolated, bool invert = false)
      : expression_(pattern, where), behavior_(behavior), invert_(invert) {}

  /// Appends the pieces of `text`, which must be UTF-8, in order and never empty. Throws UserError
  /// when the engine gives up.
  void split(std::string_view text, std::vector<std::string_view>& pieces) const;

 private:
  struct Stretch {
    std::size_t begin, end;
    bool is_match;
  };
  std::vector<Stretch> stretches(std::string_view text) const;

  RegularExpression expression_;
  SplitBehavior behavior_;
  bool invert_;
};

}  // namespace lidit

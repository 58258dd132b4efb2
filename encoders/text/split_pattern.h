// A regular expression that cuts text into pieces.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

namespace lidit {

class SplitPattern {
 public:
  /// `pattern` as tokenizer.json publishes it; \s and \S mean Unicode's White_Space. Throws
  /// std::logic_error on a pattern that does not compile: patterns come from our own table.
  explicit SplitPattern(std::string_view pattern);

  /// Appends every match and every stretch between matches, in order and never empty, of `text`,
  /// which must be UTF-8. Throws UserError when the engine gives up.
  void split(std::string_view text, std::vector<std::string_view>& pieces) const;

 private:
  std::shared_ptr<const void> code_;
};

}  // namespace lidit

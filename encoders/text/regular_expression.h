// A regular expression of a tokenizer file: PCRE2 with the meaning that the published tokenizers'
// engine (Oniguruma) gives the same text.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lidit {

/// `literal` with every character that means something escaped.
std::string escape_pattern(std::string_view literal);

class RegularExpression {
 public:
  /// \s, \S, \w, \W and \p{Script} have Unicode's meaning. Throws FileError, beginning with
  /// `where`, on a pattern that does not compile, is too long or has what the two engines read
  /// differently (&&, \h, \H, \R, \X, \G, \K, \O, \y, (?~ and absence of a closing bracket).
  RegularExpression(std::string_view pattern, std::string_view where);

  /// A byte range of a text.
  using Range = std::pair<std::size_t, std::size_t>;
  /// Calls `found` with every match in order, none empty, of `text`, which must be UTF-8. Throws
  /// UserError when the engine gives up: matching is limited, because patterns come from files.
  template <class Found>
  void for_each_match(std::string_view text, Found found) const {
    Matcher matcher(*this, text);
    for (Range range; matcher.next(range);) found(range);
  }

 private:
  class Matcher {
   public:
    Matcher(const RegularExpression& expression, std::string_view text);
    bool next(Range& range);

   private:
    const RegularExpression& expression_;
    std::string_view text_;
    std::size_t position_ = 0;
  };

  std::shared_ptr<const void> code_;
};

}  // namespace lidit

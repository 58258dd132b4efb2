// Normalisers that put other text in place of what they find.
#pragma once
#include <string>
#include <string_view>

#include "encoders/text/normalizer.h"
#include "encoders/text/regular_expression.h"

namespace lidit {

/// Every match becomes `content`.
class Replace final : public Normalizer {
 public:
  Replace(RegularExpression pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void apply(AlignedText& text) const override;

 private:
  RegularExpression pattern_;
  std::string content_;
};

/// Text that is not empty begins with `content`.
class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::string content) : content_(std::move(content)) {}
  void apply(AlignedText& text) const override;

 private:
  std::string content_;
};

}  // namespace lidit

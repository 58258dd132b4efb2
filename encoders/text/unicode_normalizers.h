// Normalisers that Unicode's tables define (utf8proc; what the published implementation of
// tokenizer.json does not have yet is left alone: reference_categories.h).
#pragma once
#include <string_view>

#include "encoders/text/normalizer.h"

namespace lidit {

/// Canonical or compatibility decomposition in canonical order. Marks that change places leave the
/// bytes that they came from in place, so that tokens stay in order.
AlignedText decompose(const AlignedText& text, bool compatibility);
/// Lower case by character; of a capital I with dot both characters of its full mapping.
AlignedText to_lower(const AlignedText& text);

/// NFC, NFD, NFKC or NFKD.
class UnicodeForm final : public Normalizer {
 public:
  UnicodeForm(bool compatibility, bool compose)
      : compatibility_(compatibility), compose_(compose) {}
  void apply(AlignedText& text) const override;
  bool leaves_unchanged(std::string_view text) const override;  // ASCII

 private:
  bool compatibility_, compose_;
};

class Lowercase final : public Normalizer {
 public:
  void apply(AlignedText& text) const override { text = to_lower(text); }
};

/// Without combining marks.
class StripAccents final : public Normalizer {
 public:
  void apply(AlignedText& text) const override;
};

/// Without white space at the ends.
class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}
  void apply(AlignedText& text) const override;

 private:
  bool left_, right_;
};

}  // namespace lidit

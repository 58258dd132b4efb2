// BERT's clean-up of text, every character with the bytes that it came from.
#pragma once
#include "encoders/text/normalizer.h"

namespace lidit {

struct BertNormalizerOptions {
  bool clean_text = true;            // drops control characters; all white space becomes U+0020
  bool handle_chinese_chars = true;  // spaces around CJK ideographs
  bool strip_accents = true;         // canonical decomposition (NFD) without nonspacing marks
  bool lowercase = true;
};

/// Unicode 15 tables (utf8proc).
class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options) : options_(options) {}
  void apply(AlignedText& text) const override;

 private:
  BertNormalizerOptions options_;
};

}  // namespace lidit

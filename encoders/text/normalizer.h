// What a tokenizer does to text before it is cut: Unicode forms, case, accents, replacements.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/text/aligned_text.h"

namespace lidit {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void apply(AlignedText& text) const = 0;
  /// May say so of text that it would not change, to spare the work.
  virtual bool leaves_unchanged(std::string_view) const { return false; }
};

class NormalizerSequence final : public Normalizer {
 public:
  explicit NormalizerSequence(std::vector<std::unique_ptr<const Normalizer>> parts)
      : parts_(std::move(parts)) {}
  void apply(AlignedText& text) const override {
    for (const auto& part : parts_) part->apply(text);
  }
  bool leaves_unchanged(std::string_view text) const override {
    for (const auto& part : parts_)
      if (!part->leaves_unchanged(text)) return false;
    return true;
  }

 private:
  std::vector<std::unique_ptr<const Normalizer>> parts_;
};

}  // namespace lidit
